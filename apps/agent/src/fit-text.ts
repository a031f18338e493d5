const MAX_TEXT = 1024;

/** The text as the wire takes it: not too long, no half of a character, no NUL. */
export function fitText(text: string): string {
  return text.slice(0, MAX_TEXT).replaceAll('\0', '').toWellFormed();
}

/**
 * A caller's own text, short and without anything that could disturb a terminal, a log or who reads them: no control
 * characters, nothing that changes the direction of text, no half characters. It lives here because the words of a
 * refusal are made here; the borders use it for what they repeat themselves.
 */
export function printable(text: string, maxCharacters = 200): string {
  const shown = text.length > maxCharacters ? `${text.slice(0, maxCharacters)}…` : text;
  return shown.toWellFormed().replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, '?');
}

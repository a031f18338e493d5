/** Names may hold what moves the cursor or turns the direction of writing; each such character becomes a `?`. */
export function printable(text: string): string {
  return [...text].map((character) => (isHarmless(character) ? character : '?')).join('');
}

const DIRECTIONS = new Set([
  0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069,
]);

function isHarmless(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return code >= 0x20 && !(code >= 0x7f && code <= 0x9f) && !DIRECTIONS.has(code);
}

/** What JSON leaves as it is and terminals obey or hide: DEL and C1 controls, bidi and other format marks, separators. */
const INVISIBLE = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A JSON text with such characters as escapes: nothing is lost, and what a person sees is what is there. */
export function escapeInvisible(json: string): string {
  return json.replace(INVISIBLE, escaped);
}

function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}

import { SERVER_PROPERTIES, type ServerProperty } from './properties.js';

/** Longer than any property by far: not a misspelling, and not worth comparing letter by letter. */
const LONGEST_MISSPELLING = 64;
const SHORTEST_ENDING = 3;

/**
 * The property the writer most likely meant: one that ends in what was written (`Family`, `InstanceType`), else the one
 * with the fewest wrong letters if at most a third of them are wrong.
 */
export function nearestProperty(written: string): ServerProperty | undefined {
  if (written.length < SHORTEST_ENDING || written.length > LONGEST_MISSPELLING) return undefined;
  const wanted = written.toLowerCase();
  const sameEnding = SERVER_PROPERTIES.find((property) => property.toLowerCase().endsWith(wanted));
  if (sameEnding !== undefined) return sameEnding;
  const nearest = SERVER_PROPERTIES.map((property) => ({
    property,
    edits: editDistance(wanted, property.toLowerCase()),
  })).reduce((best, other) => (other.edits < best.edits ? other : best));
  return nearest.edits <= wanted.length / 3 ? nearest.property : undefined;
}

/** Levenshtein distance, one row at a time. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[to.length]!;
}

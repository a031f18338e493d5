/** How many typed, dropped or wrong characters still count as a slip. */
const mostEdits = 4;
const longestComparedKey = 100;

/** The known key that a misspelt one was most likely meant to be, or `undefined` when none is close. */
export function nearestKey(unknown: string, known: readonly string[]): string | undefined {
  if (unknown.length > longestComparedKey) return undefined;
  const limit = Math.min(mostEdits, Math.floor(unknown.length / 3));
  let nearest: string | undefined;
  let fewestEdits = limit + 1;
  for (const candidate of known) {
    const edits = editDistance(normalized(unknown), normalized(candidate));
    if (edits < fewestEdits) [nearest, fewestEdits] = [candidate, edits];
  }
  return nearest;
}

/** Case and the kind of dash are the commonest slips and cost nothing. */
function normalized(key: string): string {
  return key.toLowerCase().replaceAll(/[_.]/g, '-');
}

function editDistance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [row, character] of [...from].entries()) {
    const current = [row + 1];
    for (let column = 0; column < to.length; column += 1) {
      const replaced = (previous[column] ?? 0) + (character === to[column] ? 0 : 1);
      const dropped = (previous[column + 1] ?? 0) + 1;
      const added = (current[column] ?? 0) + 1;
      current.push(Math.min(replaced, dropped, added));
    }
    previous = current;
  }
  return previous[to.length] ?? 0;
}

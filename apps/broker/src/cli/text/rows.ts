import { stripVTControlCharacters } from 'node:util';
import type { TextStyle } from './style.js';

const SEPARATOR = ', ';

/**
 * A title and cells behind it. What does not fit goes on in the next line, under the first cell: cells stay whole if
 * they can, and are broken between words if not.
 */
export function row(style: TextStyle, title: string, cells: readonly string[]): string[] {
  const width = Math.max(20, style.columns - style.titleColumns);
  const lines: string[] = [];
  cells.forEach((cell, index) => {
    const ending = index < cells.length - 1 ? SEPARATOR.trimEnd() : '';
    const pieces = widthOf(cell) <= width ? [`${cell}${ending}`] : wrapWords(`${cell}${ending}`, width);
    for (const [number, piece] of pieces.entries()) {
      const last = lines.at(-1);
      const fits = last !== undefined && number === 0 && widthOf(`${last} ${piece}`) <= width;
      if (fits) lines[lines.length - 1] = `${last} ${piece}`;
      else lines.push(piece);
    }
  });
  const head = `${title}${' '.repeat(Math.max(1, style.titleColumns - widthOf(title)))}`;
  return lines.map((line, index) => `${index === 0 ? head : ' '.repeat(style.titleColumns)}${line}`);
}

function wrapWords(text: string, width: number): string[] {
  return text.split(' ').reduce<string[]>((lines, word) => {
    const last = lines.at(-1);
    if (last !== undefined && widthOf(`${last} ${word}`) <= width)
      return [...lines.slice(0, -1), `${last} ${word}`];
    return [...lines, word];
  }, []);
}

/** Colours take no room. */
function widthOf(text: string): number {
  return stripVTControlCharacters(text).length;
}

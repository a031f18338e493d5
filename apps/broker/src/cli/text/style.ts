import { paintFor, type Paint } from './paint.js';

/** How a text for people is laid out. */
export interface TextStyle {
  /** Width of the terminal in characters; Infinity when it goes elsewhere. */
  readonly columns: number;
  /** Room for the titles at the left. */
  readonly titleColumns: number;
  readonly paint: Paint;
}

export function styleFor(
  { stdout, env }: Pick<NodeJS.Process, 'stdout' | 'env'>,
  titleColumns: number,
): TextStyle {
  return { titleColumns, columns: stdout.isTTY ? stdout.columns : Infinity, paint: paintFor(stdout, env) };
}

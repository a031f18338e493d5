import { styleText } from 'node:util';

export type Colour = 'green' | 'yellow' | 'red' | 'bold';

/** Gives a text its colour, or leaves it as it is. */
export type Paint = (colour: Colour, text: string) => string;

export const plain: Paint = (_colour, text) => text;
// Whether to use colours at all is decided by `paintFor`.
const coloured: Paint = (colour, text) => styleText(colour, text, { validateStream: false });

/** Colours for a terminal, unless its owner does not want them (https://no-color.org). */
export function paintFor(
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): Paint {
  const isUnwanted = (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb';
  return stream.isTTY === true && !isUnwanted ? coloured : plain;
}

import { styleText } from 'node:util';

export type Colour = 'green' | 'yellow' | 'red' | 'bold' | 'dim';

/** Gives a text its colour, or leaves it as it is. */
export type Paint = (colour: Colour, text: string) => string;

export const plain: Paint = (_colour, text) => text;

/** Colours, unless the owner of the terminal does not want them (https://no-color.org). */
export function paintFor(env: Readonly<Record<string, string | undefined>>): Paint {
  const isUnwanted = (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb';
  return isUnwanted ? plain : (colour, text) => styleText(colour, text, { validateStream: false });
}

import { createHash } from 'node:crypto';
import type { Picture, Size } from './picture.js';

const BLOCK_PX = 32;
const COLUMNS = 3;
const ROWS = 6;

/**
 * A background that differs from session to session: a sloping colour with a mirrored pattern in the middle,
 * both taken from the text. The same text gives the same picture.
 */
export function wallpaper(text: string, { width, height }: Size): Picture {
  const digest = createHash('sha256').update(text).digest();
  const [red = 0, green = 0, blue = 0, ...bits] = [...digest].map((byte, index) =>
    index < 3 ? 48 + (byte * 207) / 255 : byte & 1,
  );
  const columns = blocks(width, (offset) => Math.floor(Math.abs(offset)), COLUMNS);
  const rows = blocks(height, (offset) => Math.floor(offset) + ROWS / 2, ROWS);
  const slope = 0.35 / (width + height);
  const rgba = new Uint8ClampedArray(width * height * 4);
  for (let y = 0, at = 0; y < height; y++) {
    const row = rows[y] ?? null;
    for (let x = 0; x < width; x++, at += 4) {
      const column = columns[x] ?? null;
      const isLit = row !== null && column !== null && bits[row * COLUMNS + column] === 1;
      const shade = 0.35 + (x + y) * slope + (isLit ? 0.3 : 0);
      rgba[at] = red * shade;
      rgba[at + 1] = green * shade;
      rgba[at + 2] = blue * shade;
      rgba[at + 3] = 255;
    }
  }
  return { width, height, rgba: new Uint8Array(rgba.buffer) };
}

/** For every pixel of a side the block of the pattern it lies in, or null outside of it. */
function blocks(
  length: number,
  blockOf: (offset: number) => number,
  count: number,
): readonly (number | null)[] {
  return Array.from({ length }, (_, index) => {
    const block = blockOf((index - length / 2) / BLOCK_PX);
    return block >= 0 && block < count ? block : null;
  });
}

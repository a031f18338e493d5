import { createHash } from 'node:crypto';
import type { Picture, Size } from './picture.js';

const BLOCK_PX = 32;

/**
 * A background that differs from session to session: a sloping colour with a mirrored pattern in the middle,
 * both taken from the text. The same text gives the same picture.
 */
export function wallpaper(text: string, { width, height }: Size): Picture {
  const digest = createHash('sha256').update(text).digest();
  const byte = (index: number): number => digest[index % digest.length] ?? 0;
  const rgba = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 4;
      const shade = 0.35 + 0.35 * ((x + y) / (width + height)) + (inPattern(x, y) ? 0.3 : 0);
      for (let channel = 0; channel < 3; channel++) {
        rgba[at + channel] = Math.round((48 + (byte(channel) * 207) / 255) * shade);
      }
      rgba[at + 3] = 255;
    }
  }
  return { width, height, rgba };

  function inPattern(x: number, y: number): boolean {
    const column = Math.floor(Math.abs(x - width / 2) / BLOCK_PX);
    const row = Math.floor((y - height / 2) / BLOCK_PX) + 3;
    if (column > 2 || row < 0 || row > 5) return false;
    return (byte(3 + row * 3 + column) & 1) === 1;
  }
}

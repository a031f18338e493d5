import type { Picture, Size } from './picture.js';

/** The share that one source row or column has in a target row or column. */
interface Share {
  readonly index: number;
  readonly weight: number;
}

/** Scales down by area: every source pixel counts by how much of it a target pixel covers. */
export function scaleDown(picture: Picture, size: Size): Picture {
  if (picture.width === size.width && picture.height === size.height) return picture;
  const columns = shares(picture.width, size.width);
  const rows = shares(picture.height, size.height);
  // Clamped arrays round what is stored in them.
  const rgba = new Uint8ClampedArray(size.width * size.height * 4);
  for (const [y, rowShares] of rows.entries()) {
    for (const [x, columnShares] of columns.entries()) {
      const at = (y * size.width + x) * 4;
      const [red, green, blue] = average(picture, rowShares, columnShares);
      rgba[at] = red;
      rgba[at + 1] = green;
      rgba[at + 2] = blue;
      rgba[at + 3] = 255;
    }
  }
  return { width: size.width, height: size.height, rgba: new Uint8Array(rgba.buffer) };
}

function shares(from: number, to: number): readonly (readonly Share[])[] {
  const step = from / to;
  return Array.from({ length: to }, (_, target) => {
    const start = target * step;
    const end = Math.min(start + step, from);
    const own: Share[] = [];
    for (let index = Math.floor(start); index < end; index++) {
      const weight = (Math.min(index + 1, end) - Math.max(index, start)) / (end - start);
      if (weight > 0) own.push({ index, weight });
    }
    return own;
  });
}

function average(
  picture: Picture,
  rows: readonly Share[],
  columns: readonly Share[],
): readonly [number, number, number] {
  let red = 0;
  let green = 0;
  let blue = 0;
  for (const row of rows) {
    for (const column of columns) {
      const at = (row.index * picture.width + column.index) * 4;
      const weight = row.weight * column.weight;
      red += weight * (picture.rgba[at] ?? 0);
      green += weight * (picture.rgba[at + 1] ?? 0);
      blue += weight * (picture.rgba[at + 2] ?? 0);
    }
  }
  return [red, green, blue];
}

import type { Picture, Size } from '../picture/picture.js';
import { padded, type PixelLayout } from './setup.js';

/** Bytes of one row of a ZPixmap; rows are padded to 32 bits. */
const rowBytes = (width: number, bytesPerPixel: number): number => padded(width * bytesPerPixel);

/** Where byte `index` of a pixel counts: the shift of each byte in the order of the data. */
function byteShifts({ bigEndian }: PixelLayout, bytesPerPixel: number): readonly number[] {
  const shifts = Array.from({ length: bytesPerPixel }, (_, index) => index * 8);
  return bigEndian ? shifts.reverse() : shifts;
}

/** One colour of a pixel with tables in both directions: a picture has a million pixels, so nothing is computed twice. */
interface Channel {
  readonly mask: number;
  readonly shift: number;
  /** From the value in the pixel, shifted down, to 0..255. */
  readonly toByte: Uint8Array;
  /** From 0..255 to the bits of the pixel. */
  readonly toPixel: Uint32Array;
}

function channel(mask: number): Channel {
  const shift = 31 - Math.clz32(mask & -mask);
  const max = mask >>> shift;
  return {
    mask,
    shift,
    toByte: Uint8Array.from({ length: max + 1 }, (_, value) => Math.round((value * 255) / max)),
    toPixel: Uint32Array.from({ length: 256 }, (_, value) => Math.round((value * max) / 255) << shift),
  };
}

const channels = ({ redMask, greenMask, blueMask }: PixelLayout): readonly [Channel, Channel, Channel] => [
  channel(redMask),
  channel(greenMask),
  channel(blueMask),
];

/**
 * Turns the ZPixmap data of a GetImage reply into a picture.
 *
 * @throws Error if pixels are not 16, 24 or 32 bits wide or data is missing
 */
export function decodePixels(data: Uint8Array, { width, height }: Size, layout: PixelLayout): Picture {
  const bytesPerPixel = pixelBytes(layout);
  const stride = rowBytes(width, bytesPerPixel);
  if (data.length < stride * height) throw new Error('the X server sent less image data than announced');
  const shifts = byteShifts(layout, bytesPerPixel);
  const [red, green, blue] = channels(layout);
  const rgba = new Uint8Array(width * height * 4);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0, from = y * stride; x < width; x++, to += 4) {
      let pixel = 0;
      for (const shift of shifts) pixel |= (data[from++] ?? 0) << shift;
      rgba[to] = red.toByte[(pixel & red.mask) >>> red.shift] ?? 0;
      rgba[to + 1] = green.toByte[(pixel & green.mask) >>> green.shift] ?? 0;
      rgba[to + 2] = blue.toByte[(pixel & blue.mask) >>> blue.shift] ?? 0;
      rgba[to + 3] = 255;
    }
  }
  return { width, height, rgba };
}

export interface Rows {
  readonly from: number;
  readonly count: number;
}

/** The inverse: ZPixmap data of some rows of a picture, for PutImage. */
export function encodePixels({ width, rgba }: Picture, rows: Rows, layout: PixelLayout): Buffer {
  const bytesPerPixel = pixelBytes(layout);
  const stride = rowBytes(width, bytesPerPixel);
  const shifts = byteShifts(layout, bytesPerPixel);
  const [red, green, blue] = channels(layout);
  const data = Buffer.alloc(stride * rows.count);
  for (let y = 0, from = rows.from * width * 4; y < rows.count; y++) {
    for (let x = 0, to = y * stride; x < width; x++, from += 4) {
      const pixel =
        (red.toPixel[rgba[from] ?? 0] ?? 0) |
        (green.toPixel[rgba[from + 1] ?? 0] ?? 0) |
        (blue.toPixel[rgba[from + 2] ?? 0] ?? 0);
      for (const shift of shifts) data[to++] = pixel >>> shift;
    }
  }
  return data;
}

function pixelBytes({ bitsPerPixel }: PixelLayout): number {
  if (bitsPerPixel === 16 || bitsPerPixel === 24 || bitsPerPixel === 32) return bitsPerPixel / 8;
  throw new Error(`pixels of ${bitsPerPixel} bits are not supported`);
}

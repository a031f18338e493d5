import type { Picture, Size } from '../picture/picture.js';
import { padded, type PixelLayout } from './setup.js';

interface Channel {
  readonly mask: number;
  readonly shift: number;
  readonly max: number;
}

function channel(mask: number): Channel {
  const shift = 31 - Math.clz32(mask & -mask);
  return { mask, shift, max: mask >>> shift || 1 };
}

const channels = (layout: PixelLayout): readonly [Channel, Channel, Channel] => [
  channel(layout.redMask),
  channel(layout.greenMask),
  channel(layout.blueMask),
];

/** Bytes of one row of a ZPixmap; rows are padded to 32 bits. */
const rowBytes = (width: number, bytesPerPixel: number): number => padded(width * bytesPerPixel);

/**
 * Turns the ZPixmap data of a GetImage reply into a picture.
 *
 * @throws Error if pixels are not 16, 24 or 32 bits wide or data is missing
 */
export function decodePixels(data: Buffer, size: Size, layout: PixelLayout): Picture {
  const bytesPerPixel = pixelBytes(layout);
  const stride = rowBytes(size.width, bytesPerPixel);
  if (data.length < stride * size.height) throw new Error('the X server sent less image data than announced');
  const [red, green, blue] = channels(layout);
  const value = (pixel: number, { mask, shift, max }: Channel): number =>
    Math.round((((pixel & mask) >>> shift) * 255) / max);
  const rgba = new Uint8Array(size.width * size.height * 4);
  for (let y = 0, to = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++, to += 4) {
      const from = y * stride + x * bytesPerPixel;
      const pixel = layout.bigEndian
        ? data.readUIntBE(from, bytesPerPixel)
        : data.readUIntLE(from, bytesPerPixel);
      rgba[to] = value(pixel, red);
      rgba[to + 1] = value(pixel, green);
      rgba[to + 2] = value(pixel, blue);
      rgba[to + 3] = 255;
    }
  }
  return { width: size.width, height: size.height, rgba };
}

/** The inverse: ZPixmap data of some rows of a picture, for PutImage. */
export function encodePixels(
  picture: Picture,
  rows: { readonly from: number; readonly count: number },
  layout: PixelLayout,
): Buffer {
  const bytesPerPixel = pixelBytes(layout);
  const stride = rowBytes(picture.width, bytesPerPixel);
  const data = Buffer.alloc(stride * rows.count);
  const own = channels(layout);
  for (let y = 0; y < rows.count; y++) {
    for (let x = 0; x < picture.width; x++) {
      const from = ((rows.from + y) * picture.width + x) * 4;
      const pixel = own.reduce(
        (sum, { shift, max }, index) =>
          sum + (Math.round(((picture.rgba[from + index] ?? 0) * max) / 255) << shift),
        0,
      );
      const to = y * stride + x * bytesPerPixel;
      if (layout.bigEndian) data.writeUIntBE(pixel >>> 0, to, bytesPerPixel);
      else data.writeUIntLE(pixel >>> 0, to, bytesPerPixel);
    }
  }
  return data;
}

function pixelBytes({ bitsPerPixel }: PixelLayout): number {
  if (bitsPerPixel === 16 || bitsPerPixel === 24 || bitsPerPixel === 32) return bitsPerPixel / 8;
  throw new Error(`pixels of ${bitsPerPixel} bits are not supported`);
}

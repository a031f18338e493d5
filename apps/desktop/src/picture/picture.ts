export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Pixels in rows from the top left corner, four bytes each: red, green, blue, 255. */
export interface Picture extends Size {
  readonly rgba: Uint8Array;
}

export interface Limits {
  readonly maxWidth: number | null;
  readonly maxHeight: number | null;
}

/** The largest size of the same aspect that keeps the limits; never larger than the original, never empty. */
export function fitWithin({ width, height }: Size, { maxWidth, maxHeight }: Limits): Size {
  const factor = Math.min(1, (maxWidth ?? width) / width, (maxHeight ?? height) / height);
  const shrink = (length: number): number => Math.max(1, Math.round(length * factor));
  return { width: shrink(width), height: shrink(height) };
}

export interface Rectangle extends Size {
  readonly x: number;
  readonly y: number;
}

/** The part of the picture inside the rectangle; what lies outside the picture is left out. */
export function crop(picture: Picture, area: Rectangle): Picture {
  const left = Math.min(Math.max(area.x, 0), picture.width - 1);
  const top = Math.min(Math.max(area.y, 0), picture.height - 1);
  const width = Math.min(area.width, picture.width - left);
  const height = Math.min(area.height, picture.height - top);
  const rgba = new Uint8Array(width * height * 4);
  for (let row = 0; row < height; row++) {
    const start = ((top + row) * picture.width + left) * 4;
    rgba.set(picture.rgba.subarray(start, start + width * 4), row * width * 4);
  }
  return { width, height, rgba };
}

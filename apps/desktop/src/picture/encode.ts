import type { Picture } from './picture.js';

export type PictureFormat = 'png' | 'jpeg';

const JPEG_QUALITY = 85;

/** The picture as a file of the format. The encoders are loaded at the first use. */
export async function encodePicture(picture: Picture, format: PictureFormat): Promise<Buffer> {
  const { width, height } = picture;
  const data = Buffer.from(picture.rgba.buffer, picture.rgba.byteOffset, picture.rgba.byteLength);
  if (format === 'jpeg') {
    const { encode } = await import('jpeg-js');
    return encode({ width, height, data }, JPEG_QUALITY).data;
  }
  const { PNG } = await import('pngjs');
  const png = new PNG({ width, height });
  data.copy(png.data);
  return PNG.sync.write(png, { colorType: 2 });
}

import { decode as decodeJpeg } from 'jpeg-js';
import { PNG } from 'pngjs';
import { encodePicture } from './encode.js';
import { crop, fitWithin, type Picture } from './picture.js';
import { scaleDown } from './scale.js';
import { wallpaper } from './wallpaper.js';

const grey = (width: number, values: readonly number[]): Picture => ({
  width,
  height: values.length / width,
  rgba: Uint8Array.from(values.flatMap((value) => [value, value, value, 255])),
});
const reds = (picture: Picture): number[] => [...picture.rgba].filter((_, index) => index % 4 === 0);

describe('fitWithin', () => {
  it.each([
    [
      { maxWidth: 160, maxHeight: 100 },
      { width: 160, height: 90 },
    ],
    [
      { maxWidth: 160, maxHeight: 45 },
      { width: 80, height: 45 },
    ],
    [
      { maxWidth: 640, maxHeight: null },
      { width: 640, height: 360 },
    ],
    [
      { maxWidth: 5000, maxHeight: 5000 },
      { width: 1280, height: 720 },
    ],
    [
      { maxWidth: null, maxHeight: null },
      { width: 1280, height: 720 },
    ],
    [
      { maxWidth: 1, maxHeight: 1 },
      { width: 1, height: 1 },
    ],
  ])('%j of 1280x720 gives %j', (limits, size) => {
    expect(fitWithin({ width: 1280, height: 720 }, limits)).toEqual(size);
  });
});

describe('scaleDown', () => {
  it('averages whole pixels', () => {
    expect(reds(scaleDown(grey(4, [0, 100, 200, 200, 100, 0, 0, 200]), { width: 2, height: 1 }))).toEqual([
      50, 150,
    ]);
  });

  it('counts pixels in part where the step is no whole number', () => {
    expect(reds(scaleDown(grey(3, [0, 90, 180]), { width: 2, height: 1 }))).toEqual([30, 150]);
  });

  it('keeps the brightness of a plain picture and stays opaque', () => {
    const small = scaleDown(grey(7, Array<number>(49).fill(201)), { width: 3, height: 5 });
    expect(reds(small)).toEqual(Array(15).fill(201));
    expect(small.rgba[3]).toBe(255);
  });
});

describe('crop', () => {
  it('takes the rectangle and leaves out what is outside', () => {
    const picture = grey(3, [1, 2, 3, 4, 5, 6]);
    expect(reds(crop(picture, { x: 1, y: 0, width: 2, height: 2 }))).toEqual([2, 3, 5, 6]);
    expect(reds(crop(picture, { x: 2, y: 1, width: 9, height: 9 }))).toEqual([6]);
  });
});

describe('encodePicture', () => {
  it('writes PNG without loss', async () => {
    const picture = wallpaper('a', { width: 40, height: 30 });
    const read = PNG.sync.read(await encodePicture(picture, 'png'));
    expect([read.width, read.height]).toEqual([40, 30]);
    expect(Buffer.compare(read.data, Buffer.from(picture.rgba))).toBe(0);
  });

  it('writes JPEG of the same size', async () => {
    const read = decodeJpeg(await encodePicture(wallpaper('a', { width: 40, height: 30 }), 'jpeg'));
    expect([read.width, read.height]).toEqual([40, 30]);
  });
});

it('draws different wallpapers for different sessions and the same for the same', () => {
  const size = { width: 320, height: 240 };
  expect(wallpaper('a', size)).toEqual(wallpaper('a', size));
  expect(wallpaper('a', size)).not.toEqual(wallpaper('b', size));
});

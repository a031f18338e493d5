import fc from 'fast-check';
import { checkPicture, parseScreenshot } from './parse-screenshot.js';

const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0]).toString('base64');
const jpeg = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0x10]).toString('base64');

describe('parseScreenshot', () => {
  it('finds the base64 in the JSON, with line breaks or without', () => {
    expect(parseScreenshot(`{ "format" : "png", "base64" : "${png}" }\n`)).toBe(png);
    expect(parseScreenshot(JSON.stringify({ base64: `${png.slice(0, 4)}\n${png.slice(4)}` }))).toBe(png);
  });

  it.each(['', 'Screenshot saved', '{}', '{"base64":7}'])('finds none in %j', (output) => {
    expect(parseScreenshot(output)).toBeNull();
  });
});

describe('checkPicture', () => {
  it('tells the format by the first bytes', () => {
    expect(checkPicture(png)?.format).toBe('png');
    expect(checkPicture(jpeg)?.format).toBe('jpeg');
  });

  it('takes nothing else for a picture', () => {
    const other = fc.oneof(
      fc.string(),
      fc.base64String(),
      fc.constant(Buffer.from('<svg/>').toString('base64')),
    );
    fc.assert(fc.property(other, (data) => expect(checkPicture(data)).toBeNull()));
  });

  it('takes no picture in broken base64', () => {
    expect(checkPicture(`${png.slice(0, -1)}*`)).toBeNull();
    expect(checkPicture(png.slice(0, -1))).toBeNull();
  });
});

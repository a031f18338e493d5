import { wallpaper } from '../picture/wallpaper.js';
import { encodeAuthority } from './authority.js';
import { encodeRequest, shorts, takePacket, words } from './packets.js';
import { decodePixels, encodePixels } from './pixels.js';
import { decodeSetupReply, encodeSetupRequest, setupReplyLength, type PixelLayout } from './setup.js';

const TRUE_COLOR_24 = { redMask: 0xff0000, greenMask: 0xff00, blueMask: 0xff };
const layout = (more: Partial<PixelLayout> = {}): PixelLayout => ({
  bitsPerPixel: 32,
  bigEndian: false,
  ...TRUE_COLOR_24,
  ...more,
});

/** A setup answer with one pixel format, one screen of 640x480 and one visual of the class given. */
function setupReply(visualClass: number): Buffer {
  const vendor = Buffer.from('Someone\0', 'latin1');
  const body = Buffer.concat([
    words(0, 0x400000, 0x1fffff, 0),
    shorts(7, 0xffff),
    Buffer.from([1, 1, 0, 0, 32, 32, 8, 255, 0, 0, 0, 0]),
    vendor,
    Buffer.from([24, 32, 32, 0, 0, 0, 0, 0]),
    words(0x123, 0, 0, 0, 0),
    shorts(640, 480, 0, 0, 0, 0),
    words(0x21),
    Buffer.from([0, 0, 24, 1]),
    Buffer.from([24, 0, 1, 0, 0, 0, 0, 0]),
    words(0x21),
    Buffer.from([visualClass, 8, 0, 1]),
    words(0xff0000, 0xff00, 0xff, 0),
  ]);
  return Buffer.concat([Buffer.from([1, 0]), shorts(11, 0, body.length / 4), body]);
}

describe('the connection setup', () => {
  it('asks with the cookie, every part padded to 32 bits', () => {
    const request = encodeSetupRequest(Buffer.alloc(16, 7));
    expect(request.toString('latin1', 0, 1)).toBe('l');
    expect(request.toString('latin1', 12, 30)).toBe('MIT-MAGIC-COOKIE-1');
    expect(request.length).toBe(12 + 20 + 16);
    expect(request.subarray(32)).toEqual(Buffer.alloc(16, 7));
  });

  it('reads screen, limits and the layout of pixels', () => {
    const reply = setupReply(4);
    expect(setupReplyLength(reply)).toBe(reply.length);
    expect(decodeSetupReply(reply)).toEqual({
      idBase: 0x400000,
      idMask: 0x1fffff,
      maxRequestBytes: 0xffff * 4,
      screen: { root: 0x123, width: 640, height: 480, depth: 24, pixels: layout() },
    });
  });

  it('refuses screens that are not TrueColor', () => {
    expect(() => decodeSetupReply(setupReply(3))).toThrow('not TrueColor');
  });

  it('tells the reason of a refusal', () => {
    const refusal = Buffer.concat([Buffer.from([0, 8]), shorts(11, 0, 2), Buffer.from('No entry', 'latin1')]);
    expect(() => decodeSetupReply(refusal)).toThrow('refused the connection: No entry');
  });
});

describe('packets', () => {
  it('are cut at their own length', () => {
    const reply = Buffer.concat([Buffer.from([1, 24]), shorts(5), words(2), Buffer.alloc(24 + 8, 9)]);
    const taken = takePacket(Buffer.concat([reply, Buffer.from([12])]));
    expect(taken?.packet).toEqual({ kind: 'reply', sequence: 5, bytes: reply });
    expect(taken?.rest).toEqual(Buffer.from([12]));
    expect(takePacket(reply.subarray(0, 39))).toBeNull();
    expect(takePacket(Buffer.alloc(3))).toBeNull();
  });

  it('tell errors from events', () => {
    const error = Buffer.alloc(32);
    error.set([0, 8, 3, 0]);
    error.writeUInt8(73, 10);
    expect(takePacket(error)?.packet).toEqual({ kind: 'error', sequence: 3, code: 8, request: 73 });
    expect(takePacket(Buffer.alloc(32, 12))?.packet).toEqual({ kind: 'event' });
  });

  it('carry their length in 32-bit words', () => {
    expect(encodeRequest(98, 0, Buffer.from('RANDR', 'latin1'))).toEqual(
      Buffer.concat([Buffer.from([98, 0, 3, 0]), Buffer.from('RANDR\0\0\0', 'latin1')]),
    );
  });
});

describe('pixels', () => {
  const picture = wallpaper('pixels', { width: 5, height: 4 });
  const all = { from: 0, count: 4 };

  it.each([layout(), layout({ bigEndian: true }), layout({ bitsPerPixel: 24 })])('survive %j', (own) => {
    expect(decodePixels(encodePixels(picture, all, own), picture, own)).toEqual(picture);
  });

  it('spread 565 over the whole range', () => {
    const own = layout({ bitsPerPixel: 16, redMask: 0xf800, greenMask: 0x7e0, blueMask: 0x1f });
    const decoded = decodePixels(Buffer.from([0xff, 0xff, 0, 0]), { width: 1, height: 1 }, own);
    expect([...decoded.rgba]).toEqual([255, 255, 255, 255]);
  });

  it('must all be there', () => {
    expect(() => decodePixels(Buffer.alloc(79), picture, layout())).toThrow('less image data');
  });
});

it('writes an authority entry for every display', () => {
  expect(encodeAuthority(Buffer.from([1, 2])).toString('hex')).toBe(
    'ffff' + '0000' + '0000' + '0012' + Buffer.from('MIT-MAGIC-COOKIE-1').toString('hex') + '0002' + '0102',
  );
});

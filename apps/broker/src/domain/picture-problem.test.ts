import fc from 'fast-check';
import { pictureProblem } from './picture-problem.js';

function png(width: number, height: number): Buffer {
  const head = Buffer.from('89504e470d0a1a0a0000000d494844520000000000000000', 'hex');
  head.writeUInt32BE(width, 16);
  head.writeUInt32BE(height, 20);
  return Buffer.concat([head, Buffer.from('0806000000', 'hex')]);
}

/** With `before` bytes of other segments ahead of the frame header. */
function jpeg(width: number, height: number, before = 16): Buffer {
  const other = Buffer.alloc(before + 2);
  other.set([0xff, 0xe0]);
  other.writeUInt16BE(before, 2);
  const frame = Buffer.from('ffc0000b0800000000031100', 'hex');
  frame.writeUInt16BE(height, 5);
  frame.writeUInt16BE(width, 7);
  return Buffer.concat([Buffer.from('ffd8', 'hex'), other, Buffer.from('ff', 'hex'), frame]);
}

const problem = (format: 'png' | 'jpeg', bytes: Uint8Array | string): string | null =>
  pictureProblem({ format, data: Buffer.from(bytes as string).toString('base64') });

it.each<['png' | 'jpeg', Buffer]>([
  ['png', png(1, 1)],
  ['png', png(16_384, 2160)],
  ['jpeg', jpeg(1920, 1080)],
  ['jpeg', jpeg(1, 1, 65_000)],
])('a %s of a screen is in order', (format, bytes) => {
  expect(problem(format, bytes)).toBeNull();
});

it.each<[string, 'png' | 'jpeg', Buffer | string, string]>([
  ['SVG', 'png', '<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', 'not a PNG picture'],
  ['HTML', 'jpeg', '<html><script>alert(1)</script>', 'not a JPEG picture'],
  ['a JPEG said to be a PNG', 'png', jpeg(10, 10), 'not a PNG picture'],
  ['a PNG said to be a JPEG', 'jpeg', png(10, 10), 'not a JPEG picture'],
  ['a PNG that ends in its head', 'png', png(10, 10).subarray(0, 20), 'not a PNG picture'],
  [
    'a PNG that begins with another chunk',
    'png',
    Buffer.from('89504e470d0a1a0a0000000d', 'hex'),
    'not a PNG',
  ],
  ['a JPEG without a frame header', 'jpeg', Buffer.from('ffd8ffe00004aabbffda0004', 'hex'), 'not a JPEG'],
  ['a PNG bomb', 'png', png(65_535, 65_535), '65535 × 65535 pixels'],
  ['a wide PNG', 'png', png(4_294_967_295, 1), 'which is no screen'],
  ['a PNG without pixels', 'png', png(0, 600), '0 × 600 pixels'],
  ['a JPEG bomb', 'jpeg', jpeg(65_500, 65_500), 'which is no screen'],
])('%s is refused', (_, format, bytes, words) => {
  expect(problem(format, bytes)).toContain(words);
});

it.each(['', 'AAA', 'iVBORw0KGgo*', 'A===', 'AA=A', '\0\0\0\0'])('%j is no base64', (data) => {
  expect(pictureProblem({ format: 'png', data })).toContain('is not base64');
});

it('never throws, whatever follows the signature', () => {
  const any = fc.tuple(
    fc.constantFrom<'png' | 'jpeg'>('png', 'jpeg'),
    fc.constantFrom('89504e470d0a1a0a', 'ffd8ff', ''),
    fc.uint8Array({ maxLength: 60 }),
  );
  fc.assert(
    fc.property(any, ([format, signature, rest]) => {
      const words = problem(format, Buffer.concat([Buffer.from(signature, 'hex'), rest]));
      expect(words === null || words.startsWith('the host sent ')).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

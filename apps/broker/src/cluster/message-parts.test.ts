import { Assembly, partsOf, SENDER_BYTES } from './message-parts.js';

const MAX_BYTES = 120;
const LIMITS = { patienceMs: 1000, maxBytes: 1000 };

function parts(text: string, from = 1, number = 1): readonly Buffer[] {
  const sender = Buffer.alloc(SENDER_BYTES, from);
  return [...partsOf(Buffer.from(text), { sender, number, maxBytes: MAX_BYTES })];
}

function anAssembly(): { readonly take: (part: Uint8Array) => string | null; nowMs: number } {
  const time = { nowMs: 0 };
  const assembly = new Assembly(() => time.nowMs, LIMITS);
  return Object.assign(time, {
    take: (part: Uint8Array) => {
      const whole = assembly.take(part);
      return whole === null ? null : Buffer.from(whole).toString();
    },
  });
}

const long = 'x'.repeat(250);

it.each(['', 'a', 'x'.repeat(100), 'x'.repeat(101), long])('puts together what it took apart', (text) => {
  const { take } = anAssembly();
  const taken = parts(text).map(take);
  expect(taken.at(-1)).toBe(text);
  expect(taken.slice(0, -1).every((whole) => whole === null)).toBe(true);
});

it('keeps senders apart', () => {
  const { take } = anAssembly();
  const [ones, others] = [parts(long, 1), parts('y'.repeat(250), 2)];
  const taken = ones.flatMap((part, index) => [take(part), take(others[index]!)]);
  expect(taken.filter((whole) => whole !== null)).toEqual([long, 'y'.repeat(250)]);
});

it('gives up a message of which a part was lost, and takes the next', () => {
  const { take } = anAssembly();
  const [first, , third] = parts(long);
  expect([first!, third!].map(take)).toEqual([null, null]);
  expect(take(parts('short', 1, 2)[0]!)).toBe('short');
  expect(parts(long, 1, 3).map(take).at(-1)).toBe(long);
  expect(parts(long, 1, 4).slice(1).map(take)).toEqual([null, null]);
});

it('never mixes parts of two messages', () => {
  const { take } = anAssembly();
  const [first] = parts(long, 1, 1);
  const [, second, third] = parts('y'.repeat(250), 1, 2);
  expect([first!, second!, third!].map(take)).toEqual([null, null, null]);
});

it('holds no more than its limit, and forgets what is not finished in time', () => {
  const assembly = anAssembly();
  const begun = [1, 2, 3, 4].map((from) => parts(long, from));
  for (const [first] of begun) assembly.take(first!);
  expect(parts(long, 5).map(assembly.take).at(-1)).toBeNull();
  assembly.nowMs = 1000;
  expect(parts(long, 5).map(assembly.take).at(-1)).toBe(long);
  expect(begun[0]!.slice(1).map(assembly.take)).toEqual([null, null]);
});

it.each([
  ['nothing', Buffer.alloc(0)],
  ['too little', Buffer.alloc(19)],
  ['a claim beyond all limits', Buffer.concat([Buffer.alloc(16), Buffer.alloc(4, 0xff)])],
  ['more than it says', Buffer.concat([Buffer.alloc(20), Buffer.from('more')])],
])('is not harmed by %s', (_, part) => {
  expect(anAssembly().take(part)).toBeNull();
});

it('refuses to send what nobody would take in', () => {
  expect(() => [
    ...partsOf(new Uint8Array(64 * 1_048_576 + 1), { sender: Buffer.alloc(8), number: 1, maxBytes: 1000 }),
  ]).toThrow('too long');
});

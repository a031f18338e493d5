import { deflateRawSync } from 'node:zlib';
import { encodeToBroker, MAX_FRAME_BYTES, type ToBroker } from '@dcvsm/protocol';
import { hostSession, report } from '@dcvsm/testkit';
import fc from 'fast-check';
import { mutated } from '../../../broker/test/bad-input/malformed-requests.js';
import { frame, opcodes } from './raw-link.js';

/** What somebody sends over an agent's link. */
export interface HostileFrames {
  readonly kind: string;
  readonly bytes: Uint8Array;
  /** After a proper hello, or instead of it. */
  readonly afterHello: boolean;
  /** A changed message may still be one. Everything else has to end the link. */
  readonly mayBeTaken: boolean;
}

export function hello(serverId: string): ToBroker {
  return {
    type: 'hello',
    protocolVersion: 1,
    serverId,
    previousServerIds: [],
    report: report([], { hostname: serverId }),
  };
}

const session = hostSession('theirs');
const messages: readonly ToBroker[] = [
  { type: 'heartbeat' },
  { type: 'report', requestId: 'r', report: report([session]) },
  { type: 'picture-part', commandId: 'screenshot:none', data: 'AAAA' },
  { type: 'outcome', commandId: 'create:none', outcome: { kind: 'created', session } },
  { type: 'outcome', commandId: 'x', outcome: { kind: 'failed', reason: 'no', sessionMissing: true } },
];

const text = (content: Uint8Array | string): Buffer => frame(content, { opcode: opcodes.text });

const changedHello = mutated(fc.uuid().map(hello)).map((value) => ({
  kind: 'changed hello',
  bytes: text(JSON.stringify(value) ?? ''),
  afterHello: false,
  mayBeTaken: true,
}));
const changedMessage = mutated(fc.constantFrom(...messages)).map((value) => ({
  kind: 'changed message',
  bytes: text(JSON.stringify(value) ?? ''),
  afterHello: true,
  mayBeTaken: true,
}));
const cutMessage = fc.tuple(fc.constantFrom(...messages), fc.nat()).map(([message, at]) => {
  const whole = encodeToBroker(message);
  return {
    kind: 'cut message',
    bytes: text(whole.slice(0, at % (whole.length - 1))),
    afterHello: true,
    mayBeTaken: false,
  };
});
const randomBytes = fc.uint8Array({ minLength: 8, maxLength: 200 }).map((bytes) => ({
  kind: 'random bytes',
  // No client may leave its frames unmasked, so these can never be taken for a frame.
  bytes: Buffer.concat([Buffer.from([0x81, 0x05]), bytes]),
  afterHello: true,
  mayBeTaken: false,
}));
const reserved = fc
  .tuple(fc.constantFrom(3, 4, 5, 6, 7, 11, 12, 13, 14, 15), fc.uint8Array({ maxLength: 100 }))
  .map(([opcode, payload]) => ({
    kind: 'reserved opcode',
    bytes: frame(payload, { opcode }),
    afterHello: true,
    mayBeTaken: false,
  }));
const badClose = fc.constantFrom(0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 65_535).map((code) => ({
  kind: 'close with a forbidden code',
  bytes: frame(Buffer.of(code >> 8, code & 0xff), { opcode: opcodes.close }),
  afterHello: true,
  mayBeTaken: false,
}));

const BOMB = deflateRawSync(Buffer.alloc(64 * 1_048_576), { level: 9 });
const brokenText = [[0xff], [0xc3], [0xe2, 0x82], [0xed, 0xa0, 0x80], [0xc0, 0xaf], [0xf4, 0x90, 0x80, 0x80]];

/** Those that do not need chance. */
const fixed: readonly Omit<HostileFrames, 'afterHello' | 'mayBeTaken'>[] = [
  { kind: 'binary', bytes: frame(encodeToBroker({ type: 'heartbeat' }), { opcode: opcodes.binary }) },
  { kind: 'empty text', bytes: text('') },
  ...brokenText.map((bytes) => ({ kind: 'broken UTF-8', bytes: text(Buffer.from(bytes)) })),
  {
    kind: 'UTF-8 cut by fragments',
    bytes: Buffer.concat([
      frame(Buffer.of(0x22, 0xe2), { opcode: opcodes.text, isLast: false }),
      frame(Buffer.of(0x82), { opcode: opcodes.continuation }),
    ]),
  },
  { kind: 'compressed bomb', bytes: frame(BOMB, { opcode: opcodes.text, reserved: 4 }) },
  { kind: 'reserved bits', bytes: frame('{}', { opcode: opcodes.text, reserved: 3 }) },
  { kind: 'one byte too long', bytes: text(Buffer.alloc(MAX_FRAME_BYTES + 1, 0x20)) },
  { kind: 'said to be 1 TiB', bytes: frame('{', { opcode: opcodes.text, declaredBytes: 2 ** 40 }) },
  {
    kind: 'too long in fragments',
    bytes: Buffer.concat([
      frame(Buffer.alloc(MAX_FRAME_BYTES, 0x20), { opcode: opcodes.text, isLast: false }),
      frame(' ', { opcode: opcodes.continuation }),
    ]),
  },
  { kind: 'not masked', bytes: frame('{"type":"heartbeat"}', { opcode: opcodes.text, isMasked: false }) },
  { kind: 'continuation of nothing', bytes: frame('{}', { opcode: opcodes.continuation }) },
  {
    kind: 'a message within a message',
    bytes: Buffer.concat([frame('{', { opcode: opcodes.text, isLast: false }), text('{"type":"heartbeat"}')]),
  },
  { kind: 'ping in fragments', bytes: frame('x', { opcode: opcodes.ping, isLast: false }) },
  { kind: 'long ping', bytes: frame(Buffer.alloc(126), { opcode: opcodes.ping }) },
  { kind: 'deep JSON', bytes: text('['.repeat(500_000) + ']'.repeat(500_000)) },
  { kind: 'deep JSON, not closed', bytes: text('{"a":'.repeat(200_000)) },
  { kind: 'a second hello', bytes: text(encodeToBroker(hello('evil-second'))) },
  { kind: 'a number', bytes: text('1e400') },
  { kind: 'null', bytes: text('null') },
  { kind: 'prototype', bytes: text('{"__proto__":{"type":"heartbeat"}}') },
];

/** A whole message, or an endless one, in fragments of one byte. */
export function inSingleBytes(content: string, isWhole: boolean): Buffer {
  const last = content.length - 1;
  return Buffer.concat(
    Array.from(content, (byte, index) =>
      frame(byte, {
        opcode: index === 0 ? opcodes.text : opcodes.continuation,
        isLast: isWhole && index === last,
      }),
    ),
  );
}

const heavy: readonly HostileFrames[] = [
  {
    kind: 'endless single bytes',
    bytes: inSingleBytes('x'.repeat(200_000), false),
    afterHello: true,
    mayBeTaken: false,
  },
  {
    kind: 'deep JSON in a good message',
    bytes: text(`{"type":"heartbeat","x":${'['.repeat(400_000)}${']'.repeat(400_000)}}`),
    afterHello: true,
    mayBeTaken: true,
  },
];

/** The same for the same seed. */
export function hostileFrames(count: number, seed: number): HostileFrames[] {
  const simple = fc.tuple(fc.constantFrom(...fixed), fc.boolean()).map(([one, afterHello]) => ({
    ...one,
    // Said in place of the first hello it is one.
    afterHello: afterHello || one.kind === 'a second hello',
    mayBeTaken: false,
  }));
  const any: fc.Arbitrary<HostileFrames> = fc.oneof(
    { weight: 30, arbitrary: changedHello },
    { weight: 40, arbitrary: changedMessage },
    { weight: 10, arbitrary: cutMessage },
    { weight: 5, arbitrary: randomBytes },
    { weight: 3, arbitrary: reserved },
    { weight: 2, arbitrary: badClose },
    { weight: 10, arbitrary: simple },
  );
  const sample = fc.sample(any, { numRuns: count - heavy.length - fixed.length, seed });
  return [...fixed.map((one) => ({ ...one, afterHello: true, mayBeTaken: false })), ...heavy, ...sample];
}

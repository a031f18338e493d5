import { padded } from './setup.js';

/** A packet of the X protocol that came from the server, cut at its own length. */
export type Packet =
  | { readonly kind: 'reply'; readonly sequence: number; readonly bytes: Buffer }
  | { readonly kind: 'error'; readonly sequence: number; readonly code: number; readonly request: number }
  | { readonly kind: 'event' };

const GENERIC_EVENT = 35;

const kindCode = (head: Buffer): number => head.readUInt8(0) & 0x7f;

/** Bytes of a whole packet, known when its first eight are there. */
export function packetLength(head: Buffer): number {
  const code = kindCode(head);
  return code === 1 || code === GENERIC_EVENT ? 32 + head.readUInt32LE(4) * 4 : 32;
}

/** Takes the first whole packet off the bytes, or returns null when more must arrive. */
export function takePacket(bytes: Buffer): { readonly packet: Packet; readonly rest: Buffer } | null {
  const length = bytes.length < 8 ? 32 : packetLength(bytes);
  if (bytes.length < length) return null;
  const code = kindCode(bytes);
  const rest = bytes.subarray(length);
  const sequence = bytes.readUInt16LE(2);
  if (code === 1) return { packet: { kind: 'reply', sequence, bytes: bytes.subarray(0, length) }, rest };
  if (code !== 0) return { packet: { kind: 'event' }, rest };
  return {
    packet: { kind: 'error', sequence, code: bytes.readUInt8(1), request: bytes.readUInt8(10) },
    rest,
  };
}

/** A request: opcode, the byte beside it, and a body that is padded to 32 bits. */
export function encodeRequest(opcode: number, detail: number, body: Buffer): Buffer {
  const request = Buffer.alloc(4 + padded(body.length));
  request.writeUInt8(opcode, 0);
  request.writeUInt8(detail, 1);
  request.writeUInt16LE(request.length / 4, 2);
  body.copy(request, 4);
  return request;
}

/** A body of 32-bit numbers, unsigned. */
export function words(...values: readonly number[]): Buffer {
  const body = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) body.writeUInt32LE(value >>> 0, index * 4);
  return body;
}

/** A body of 16-bit numbers; negative ones as two's complement. */
export function shorts(...values: readonly number[]): Buffer {
  const body = Buffer.alloc(values.length * 2);
  for (const [index, value] of values.entries()) body.writeUInt16LE(value & 0xffff, index * 2);
  return body;
}

/** Below every server's limit of a message, and small enough not to hold up others on its connection for long. */
const LONGEST_PART_BYTES = 512 * 1024;
/** Sender (8), number of the message (4), number of the part (4), bytes of the whole message (4). */
const HEADER_BYTES = 20;
export const SENDER_BYTES = 8;
/** What claims to be longer is not taken in. */
export const LONGEST_MESSAGE_BYTES = 64 * 1_048_576;

/**
 * The parts of a message, each a copy. All but the last are of the same size, which each tells by itself.
 * @throws when the message is too long
 */
export function* partsOf(
  payload: Uint8Array,
  {
    sender,
    number,
    maxBytes,
  }: { readonly sender: Buffer; readonly number: number; readonly maxBytes: number },
): Generator<Buffer> {
  if (payload.length > LONGEST_MESSAGE_BYTES)
    throw new RangeError(`a message of ${payload.length} bytes is too long to be sent`);
  const partBytes = Math.min(maxBytes, LONGEST_PART_BYTES) - HEADER_BYTES;
  let index = 0;
  for (let start = 0; start < payload.length || index === 0; start += partBytes) {
    const body = payload.subarray(start, start + partBytes);
    const part = Buffer.allocUnsafe(HEADER_BYTES + body.length);
    sender.copy(part);
    part.writeUInt32BE(number >>> 0, 8);
    part.writeUInt32BE(index, 12);
    part.writeUInt32BE(payload.length, 16);
    part.set(body, HEADER_BYTES);
    yield part;
    index += 1;
  }
}

interface Unfinished {
  readonly number: number;
  readonly totalBytes: number;
  readonly bodies: Uint8Array[];
  readonly begunAtMs: number;
  bytes: number;
}

export interface AssemblyLimits {
  /** A message whose parts take longer is given up. */
  readonly patienceMs: number;
  /** Of all unfinished messages together; what begins beyond is dropped. */
  readonly maxBytes: number;
}

const LIMITS: AssemblyLimits = { patienceMs: 30_000, maxBytes: 4 * LONGEST_MESSAGE_BYTES };

/**
 * Puts messages together that came in parts. Each sender's parts on one subject come in order and one message after the
 * other, so that anything else means that some were lost, and the message with them.
 */
export class Assembly {
  readonly #monotonicMs: () => number;
  readonly #limits: AssemblyLimits;
  readonly #bySender = new Map<string, Unfinished>();
  #bytes = 0;

  constructor(monotonicMs: () => number, limits = LIMITS) {
    this.#monotonicMs = monotonicMs;
    this.#limits = limits;
  }

  /** The whole message, if this was its last part. */
  take(part: Uint8Array): Uint8Array | null {
    if (part.length < HEADER_BYTES) return null;
    const header = Buffer.from(part.buffer, part.byteOffset, HEADER_BYTES);
    const sender = header.toString('latin1', 0, SENDER_BYTES);
    const [number, index, totalBytes] = [8, 12, 16].map((offset) => header.readUInt32BE(offset)) as [
      number,
      number,
      number,
    ];
    const body = part.subarray(HEADER_BYTES);
    if (index === 0) this.#drop(sender);
    if (index === 0 && body.length === totalBytes) return body;
    const unfinished = this.#bySender.get(sender) ?? this.#begin(sender, { number, index, totalBytes });
    if (unfinished === null) return null;
    if (unfinished.number !== number || unfinished.bodies.length !== index) return this.#drop(sender);
    unfinished.bodies.push(body);
    unfinished.bytes += body.length;
    if (unfinished.bytes < totalBytes) return null;
    this.#drop(sender);
    return unfinished.bytes === totalBytes ? Buffer.concat(unfinished.bodies) : null;
  }

  #begin(
    sender: string,
    {
      number,
      index,
      totalBytes,
    }: { readonly number: number; readonly index: number; readonly totalBytes: number },
  ): Unfinished | null {
    this.#dropLate();
    if (index !== 0 || totalBytes > LONGEST_MESSAGE_BYTES) return null;
    if (this.#bytes + totalBytes > this.#limits.maxBytes) return null;
    const unfinished = { number, totalBytes, bodies: [], begunAtMs: this.#monotonicMs(), bytes: 0 };
    this.#bySender.set(sender, unfinished);
    this.#bytes += totalBytes;
    return unfinished;
  }

  #dropLate(): void {
    const oldestMs = this.#monotonicMs() - this.#limits.patienceMs;
    for (const [sender, { begunAtMs }] of this.#bySender) if (begunAtMs <= oldestMs) this.#drop(sender);
  }

  #drop(sender: string): null {
    this.#bytes -= this.#bySender.get(sender)?.totalBytes ?? 0;
    this.#bySender.delete(sender);
    return null;
  }
}

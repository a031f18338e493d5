import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';
import { AGENT_LINK_PATH, AGENT_LINK_SUBPROTOCOL } from '@dcvsm/protocol';
import { DeadlineExceeded, systemClock, withDeadline } from '@dcvsm/runtime';

const clock = systemClock();
const PATIENCE_MS = 10_000;
const MASK = Buffer.from([1, 2, 3, 4]);

/** Opcodes of RFC 6455 section 5.2. */
export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export interface FrameBits {
  readonly opcode: number;
  readonly isLast?: boolean;
  /** The three reserved bits as a number; 4 says "compressed". */
  readonly reserved?: number;
  readonly isMasked?: boolean;
  /** What the header says; not always the truth. */
  readonly declaredBytes?: number;
}

/** A frame as a client sends it, or as none should. */
export function frame(payload: Uint8Array | string, bits: FrameBits): Buffer {
  const { opcode, isLast = true, reserved = 0, isMasked = true } = bits;
  const bytes = Buffer.from(payload as string);
  const length = bits.declaredBytes ?? bytes.length;
  const [short, extended] = lengthBytes(length);
  const head = [(isLast ? 0x80 : 0) | (reserved << 4) | opcode, (isMasked ? 0x80 : 0) | short];
  if (isMasked) for (const [index, byte] of bytes.entries()) bytes[index] = byte ^ (MASK[index % 4] ?? 0);
  return Buffer.concat([Buffer.from(head), extended, isMasked ? MASK : Buffer.alloc(0), bytes]);
}

function lengthBytes(length: number): [short: number, extended: Buffer] {
  if (length < 126) return [length, Buffer.alloc(0)];
  const extended = Buffer.alloc(length < 65_536 ? 2 : 8);
  if (length < 65_536) extended.writeUInt16BE(length);
  else extended.writeBigUInt64BE(BigInt(length));
  return [length < 65_536 ? 126 : 127, extended];
}

/** What became of a link: the code that it was closed with, or a pong that says that it is well. */
export type LinkEnd = number | 'cut' | 'alive' | 'no answer';

/** A socket to the agents' listener over which any bytes can be sent. */
export class RawLink {
  readonly #socket: TLSSocket;
  readonly #events: { opcode: number; payload: Buffer }[] = [];
  #rest = Buffer.alloc(0);
  #wake: () => void = () => undefined;

  private constructor(socket: TLSSocket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('error', () => undefined);
    socket.once('close', () => this.#wake());
  }

  static async open(agentPort: number, ca: string): Promise<RawLink> {
    const socket = connect({ host: '127.0.0.1', port: agentPort, ca });
    await once(socket, 'secureConnect');
    socket.write(
      [
        `GET ${AGENT_LINK_PATH} HTTP/1.1`,
        'Host: broker',
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
        'Sec-WebSocket-Extensions: permessage-deflate',
        `Sec-WebSocket-Protocol: ${AGENT_LINK_SUBPROTOCOL}`,
        '\r\n',
      ].join('\r\n'),
    );
    const [answer] = (await once(socket, 'data')) as [Buffer];
    if (!answer.toString('latin1').startsWith('HTTP/1.1 101')) throw new Error(answer.toString('latin1'));
    return new RawLink(socket);
  }

  send(bytes: Uint8Array): void {
    if (this.#socket.writable) this.#socket.write(bytes);
  }

  /** Resolves with the first text message that comes, such as the welcome; null if the link ends before. */
  async text(): Promise<string | null> {
    const event = await this.#next((one) => one.opcode === opcodes.text || one.opcode === opcodes.close);
    return event?.opcode === opcodes.text ? event.payload.toString('utf8') : null;
  }

  /** Asks with a ping whether the link is still up, and resolves with how it is or how it ended. */
  async end(): Promise<LinkEnd> {
    this.send(frame('are you there', { opcode: opcodes.ping }));
    const answers: readonly number[] = [opcodes.close, opcodes.pong];
    try {
      const waiting = this.#next((event) => answers.includes(event.opcode));
      const event = await withDeadline(clock, 'the broker', PATIENCE_MS, waiting);
      if (event === null) return 'cut';
      if (event.opcode === opcodes.pong) return 'alive';
      return event.payload.length >= 2 ? event.payload.readUInt16BE() : 1005;
    } catch (error) {
      if (error instanceof DeadlineExceeded) return 'no answer';
      throw error;
    } finally {
      this.#socket.destroy();
    }
  }

  async #next(
    fits: (event: { opcode: number }) => boolean,
  ): Promise<{ opcode: number; payload: Buffer } | null> {
    for (;;) {
      const index = this.#events.findIndex(fits);
      if (index !== -1) return this.#events.splice(index, 1)[0] ?? null;
      if (this.#socket.closed) return null;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Frames of a server are not masked. */
  #read(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    for (;;) {
      const short = (this.#rest[1] ?? 0) & 0x7f;
      const head = short === 126 ? 4 : short === 127 ? 10 : 2;
      if (this.#rest.length < head) break;
      const length =
        short === 126
          ? this.#rest.readUInt16BE(2)
          : short === 127
            ? Number(this.#rest.readBigUInt64BE(2))
            : short;
      if (this.#rest.length < head + length) break;
      const opcode = (this.#rest[0] ?? 0) & 0x0f;
      this.#events.push({ opcode, payload: this.#rest.subarray(head, head + length) });
      this.#rest = this.#rest.subarray(head + length);
    }
    this.#wake();
  }
}

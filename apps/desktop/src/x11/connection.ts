import { connect, type Socket } from 'node:net';
import { encodeRequest, packetLength, takePacket, type Packet } from './packets.js';
import { decodeSetupReply, encodeSetupRequest, setupReplyLength, type Setup } from './setup.js';

const SILENCE_MS = 5_000;

interface Waiting {
  readonly sequence: number;
  readonly resolve: (reply: Buffer) => void;
  readonly reject: (problem: Error) => void;
}

/** A connection to a local X display, as small as taking and showing pictures needs. */
export class XConnection {
  readonly #socket: Socket;
  readonly #waiting: Waiting[] = [];
  #chunks: Buffer[] = [];
  #setup: Setup | null = null;
  #sequence = 0;
  #lastId = 0;
  #failure: Error | null = null;

  private constructor(socket: Socket, opened: Omit<Waiting, 'sequence'>) {
    this.#socket = socket;
    this.#waiting.push({ sequence: 0, ...opened });
    socket.setTimeout(SILENCE_MS, () => this.#fail(new Error('the X server does not answer')));
    socket.on('error', (cause) => this.#fail(cause));
    socket.on('close', () => this.#fail(new Error('the X server closed the connection')));
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
  }

  /**
   * Connects to a display of this machine by its number.
   *
   * @throws Error if there is no such display, it refuses the cookie or it stays silent for five seconds
   */
  static async open(display: number, cookie: Buffer): Promise<XConnection> {
    const socket = connect(`/tmp/.X11-unix/X${display}`);
    return new Promise((resolve, reject) => {
      const connection: XConnection = new XConnection(socket, { resolve: () => resolve(connection), reject });
      socket.write(encodeSetupRequest(cookie));
    });
  }

  get setup(): Setup {
    if (!this.#setup) throw new Error('the X connection is not open');
    return this.#setup;
  }

  /** An id for a new resource of this connection. */
  newId(): number {
    const { idBase, idMask } = this.setup;
    this.#lastId += 1;
    return (idBase | (this.#lastId & idMask)) >>> 0;
  }

  /** Sends a request that has no reply; a failure shows at the next `ask`. */
  send(opcode: number, detail: number, body: Buffer): void {
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.#socket.write(encodeRequest(opcode, detail, body));
  }

  /** Sends a request and resolves with its whole reply. */
  ask(opcode: number, detail: number, body: Buffer): Promise<Buffer> {
    if (this.#failure) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.send(opcode, detail, body);
      this.#waiting.push({ sequence: this.#sequence, resolve, reject });
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    this.#chunks.push(chunk);
    if (this.#needsMore()) return;
    let bytes: Buffer = Buffer.concat(this.#chunks);
    try {
      if (!this.#setup) {
        this.#setup = decodeSetupReply(bytes);
        bytes = bytes.subarray(setupReplyLength(bytes));
        this.#waiting.shift()?.resolve(Buffer.alloc(0));
      }
      for (let taken = takePacket(bytes); taken; taken = takePacket(bytes)) {
        bytes = taken.rest;
        this.#handle(taken.packet);
      }
    } catch (cause) {
      this.#fail(cause instanceof Error ? cause : new Error(String(cause)));
    }
    this.#chunks = bytes.length > 0 ? [bytes] : [];
  }

  /** Pieces are joined only when a packet can be complete: a picture arrives in hundreds of them. */
  #needsMore(): boolean {
    const total = this.#chunks.reduce((sum, { length }) => sum + length, 0);
    if (total < 8) return true;
    const [first = Buffer.alloc(0)] = this.#chunks;
    const head = first.length < 8 ? Buffer.concat(this.#chunks) : first;
    if (!this.#setup) return total < setupReplyLength(head);
    return total < packetLength(head);
  }

  #handle(packet: Packet): void {
    if (packet.kind === 'event') return;
    if (packet.kind === 'error') {
      this.#fail(new Error(`the X server refused request ${packet.request} with error ${packet.code}`));
      return;
    }
    const next = this.#waiting.shift();
    if (next?.sequence !== packet.sequence) this.#fail(new Error('the X server answered out of order'));
    else next.resolve(packet.bytes);
  }

  #fail(problem: Error): void {
    this.#failure ??= problem;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure);
    this.#socket.destroy();
  }
}

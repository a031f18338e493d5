import { connect, type SecureContext, type TLSSocket } from 'node:tls';

export interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

const END_OF_HEAD = Buffer.from('\r\n\r\n');
const ANSWER_TIMEOUT_MS = 60_000;

/**
 * The least that speaks HTTP/1.1 to a server that names its lengths: written because the usual clients cost more CPU
 * for a call than the servers measured here, and so would measure themselves.
 */
export class KeepAliveConnection {
  readonly #socket: TLSSocket;
  #waiting: Waiting | null = null;
  #chunks: Buffer[] = [];
  #received = 0;
  #expected = Number.POSITIVE_INFINITY;
  #head: { readonly status: number; readonly length: number } | null = null;

  private constructor(socket: TLSSocket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('the server closed the connection')));
    socket.setTimeout(ANSWER_TIMEOUT_MS, () => this.#fail(new Error('no answer in 60 s')));
  }

  static open(port: number, secureContext: SecureContext): Promise<KeepAliveConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port, secureContext });
      socket.setNoDelay(true);
      socket.once('error', reject);
      socket.once('secureConnect', () => {
        socket.off('error', reject);
        resolve(new KeepAliveConnection(socket));
      });
    });
  }

  /** Sends a whole request and resolves with its answer. */
  exchange(request: Buffer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#waiting = null;
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#received += chunk.length;
    if (this.#head === null) this.#readHead();
    if (this.#head === null || this.#received < this.#expected) return;
    const { status, length } = this.#head;
    const whole = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks);
    const waiting = this.#waiting;
    this.#chunks = [];
    this.#received = 0;
    this.#head = null;
    this.#waiting = null;
    waiting?.resolve({ status, body: whole.subarray(whole.length - length) });
  }

  #readHead(): void {
    const start = Buffer.concat(this.#chunks);
    const end = start.indexOf(END_OF_HEAD);
    if (end < 0) return;
    const text = start.toString('latin1', 0, end);
    const length = /\r\ncontent-length: *(\d+)/i.exec(text)?.[1];
    if (length === undefined) return this.#fail(new Error(`an answer without a length: ${text}`));
    this.#head = { status: Number(text.slice(9, 12)), length: Number(length) };
    this.#expected = end + END_OF_HEAD.length + this.#head.length;
  }

  #fail(error: Error): void {
    this.#waiting?.reject(error);
    this.#waiting = null;
  }
}

import { chmod } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import type { Answer } from './answer.js';

const MAX_REQUEST_BYTES = 256 * 1024;

export interface Reply {
  /** Null leaves the caller without an answer until it goes away. */
  readonly answer: Answer<unknown> | null;
  /** Happens when the answer is out. */
  readonly afterwards?: () => void;
}

/** Replies to one line of JSON. */
export type Answering = (line: string) => Promise<Reply>;

/** The daemon's socket; only the user who started it may connect. */
export class Listener {
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;

  private constructor(answering: Answering) {
    this.#server = createServer({ allowHalfOpen: true }, (socket) => {
      this.#sockets.add(socket);
      // A caller that is killed while it waits resets the connection; there is nobody left to tell.
      socket.on('error', () => socket.destroy());
      socket.on('close', () => this.#sockets.delete(socket));
      serve(socket, answering);
    });
  }

  static async open(path: string, answering: Answering): Promise<Listener> {
    const listener = new Listener(answering);
    await new Promise<void>((resolve, reject) => {
      listener.#server.once('error', reject).listen(path, resolve);
    });
    await chmod(path, 0o600);
    return listener;
  }

  /** Refuses new callers, then drops those still waiting. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

function serve(socket: Socket, answering: Answering): void {
  let line = '';
  socket.setEncoding('utf8');
  socket.on('end', () => socket.end());
  socket.on('data', (chunk: string) => {
    line += chunk;
    if (line.length > MAX_REQUEST_BYTES) socket.destroy();
    if (!line.endsWith('\n')) return;
    void answering(line).then(({ answer, afterwards }) => {
      if (answer && socket.writable) socket.end(`${JSON.stringify(answer)}\n`, afterwards);
    });
  });
}

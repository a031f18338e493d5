import type { RawData, WebSocket } from 'ws';

/** One message of the socket as it came. */
export interface Frame {
  readonly data: RawData;
  readonly isBinary: boolean;
}

/**
 * The frames of a socket in their order. Until somebody receives them they wait and the socket is paused; pausing alone
 * is not enough, since one packet can bring the hello and what follows it.
 */
export class FrameInbox {
  readonly #socket: WebSocket;
  readonly #waiting: Frame[] = [];
  #receive: ((frame: Frame) => void) | null = null;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data, isBinary) => this.#take({ data, isBinary }));
  }

  /** Resolves with the first frame, or with null when the socket closes before it. To be called once, at once. */
  first(): Promise<Frame | null> {
    return new Promise((resolve) => {
      this.#receive = (frame) => {
        this.#receive = null;
        this.#socket.pause();
        resolve(frame);
      };
      this.#socket.once('close', () => resolve(null));
    });
  }

  /** Hands out what waits and, from now on, all that comes. */
  deliverTo(receive: (frame: Frame) => void): void {
    for (const frame of this.#waiting.splice(0)) receive(frame);
    this.#receive = receive;
    this.#socket.resume();
  }

  #take(frame: Frame): void {
    if (this.#receive === null) this.#waiting.push(frame);
    else this.#receive(frame);
  }
}

export function frameText({ data }: Frame): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return Buffer.isBuffer(data) ? data.toString('utf8') : Buffer.from(data).toString('utf8');
}

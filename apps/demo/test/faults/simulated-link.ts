import type { SecureContext } from 'node:tls';
import {
  AGENT_LINK_PATH,
  AGENT_LINK_SUBPROTOCOL,
  decodeToAgent,
  encodeToBroker,
  type Hello,
  type ToAgent,
  type ToBroker,
  type Welcome,
} from '@dcvsm/protocol';
import { systemClock } from '@dcvsm/runtime';
import { WebSocket, type ClientOptions } from 'ws';

export interface LinkOptions {
  readonly port: number;
  readonly secureContext: SecureContext;
  readonly hello: () => Hello;
  /** Everything after the welcome. */
  readonly onMessage: (message: ToAgent) => void;
}

/** As long as the real agent waits for its welcome. */
const WELCOME_MS = 30_000;
const clock = systemClock();

/** One connection of a simulated host. */
export class SimulatedLink {
  readonly #socket: WebSocket;
  readonly #closed: Promise<string>;
  #heardAtMs = clock.monotonicMs();

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    let problem = '';
    socket.on('error', (error) => (problem = error.message));
    socket.on('ping', () => (this.#heardAtMs = clock.monotonicMs()));
    socket.on('pong', () => (this.#heardAtMs = clock.monotonicMs()));
    this.#closed = new Promise((resolve) =>
      socket.once('close', (code) => resolve(problem || `closed with code ${code}`)),
    );
  }

  /** Resolves when the broker has said welcome. @rejects when it refuses, the connection ends first, or it takes too long */
  static async open(
    options: LinkOptions,
  ): Promise<{ readonly link: SimulatedLink; readonly welcome: Welcome }> {
    // The types do not know that a context is handed on to TLS.
    const tls: ClientOptions & { readonly secureContext: SecureContext } = {
      secureContext: options.secureContext,
      perMessageDeflate: false,
      handshakeTimeout: WELCOME_MS,
    };
    const url = `wss://127.0.0.1:${options.port}${AGENT_LINK_PATH}`;
    const link = new SimulatedLink(new WebSocket(url, AGENT_LINK_SUBPROTOCOL, tls));
    const impatience = clock.after(WELCOME_MS, () => link.cut());
    const welcomed = new Promise<Welcome>((resolve, reject) => {
      link.#socket.once('open', () => link.send(options.hello()));
      link.#socket.on('message', (data) => {
        const decoded = decodeToAgent(String(data as Buffer));
        if (decoded.kind !== 'message') return reject(new Error(`the broker sent something ${decoded.kind}`));
        const { message } = decoded;
        if (message.type === 'refused') reject(new Error(message.reason));
        else if (message.type === 'welcome') resolve(message);
        else options.onMessage(message);
      });
      void link.closed.then((reason) => reject(new Error(reason)));
    });
    try {
      return { link, welcome: await welcomed };
    } catch (error) {
      link.cut();
      throw error;
    } finally {
      impatience.cancel();
    }
  }

  /** Resolves with the reason when the connection is gone. */
  get closed(): Promise<string> {
    return this.#closed;
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  /** Time since anything but commands came from the broker. */
  get silentForMs(): number {
    return clock.monotonicMs() - this.#heardAtMs;
  }

  send(message: ToBroker): void {
    if (this.isOpen) this.#socket.send(encodeToBroker(message));
  }

  beat(): void {
    this.send({ type: 'heartbeat' });
    if (this.isOpen) this.#socket.ping();
  }

  /** Resolves when the broker has received all that was sent before. */
  async roundTrip(): Promise<void> {
    const answered = new Promise((resolve) => this.#socket.once('pong', resolve));
    this.#socket.ping();
    await Promise.race([answered, this.#closed]);
  }

  /** As the kernel does it for a killed process. */
  cut(): void {
    this.#socket.terminate();
  }
}

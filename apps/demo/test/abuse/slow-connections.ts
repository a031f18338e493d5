import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { systemClock, type Timer } from '@dcvsm/runtime';
import type { BrokerProcess } from './broker-process.js';

const clock = systemClock();
const DRIP_MS = 400;

export const slownesses = ['header', 'body', 'read'] as const;
export type Slowness = (typeof slownesses)[number];

/** Who does not read hears of the end of the connection only by writing; empty lines are allowed between requests. */
const DRIPS: Readonly<Record<Slowness, string>> = { header: 'X-A: b\r\n', body: ' ', read: '\r\n' };

/** A connection that keeps a server busy for as long as the server lets it. */
export class SlowConnection {
  /** How long the server kept it; null as long as it does. */
  keptMs: number | null = null;
  readonly #closed: Promise<unknown>;
  #drip: Timer | null = null;

  private constructor(
    readonly socket: TLSSocket,
    readonly slowness: Slowness,
  ) {
    const startMs = clock.monotonicMs();
    this.#closed = new Promise((resolve) => socket.once('close', resolve)).then(() => {
      this.#drip?.cancel();
      this.keptMs = clock.monotonicMs() - startMs;
    });
  }

  /** `from` is the address of this side; many of them are not stopped by a limit for each. */
  static async open(broker: BrokerProcess, slowness: Slowness, from: string): Promise<SlowConnection> {
    const { clientPort: port, ca } = broker;
    const host = '127.0.0.1';
    const socket = connect({ socket: connectTcp({ host, port, localAddress: from }), host, ca });
    socket.on('error', () => undefined);
    await once(socket, 'secureConnect');
    const connection = new SlowConnection(socket, slowness);
    connection.#begin(broker.token);
    return connection;
  }

  get closed(): Promise<unknown> {
    return this.#closed;
  }

  #begin(token: string): void {
    const { socket, slowness } = this;
    const head = `POST /describeSessions HTTP/1.1\r\nHost: broker\r\nAuthorization: Bearer ${token}\r\n`;
    if (slowness === 'read') {
      // Asks for more than the system's buffers take and never looks at it; far more, and the broker cuts it at once.
      socket.pause();
      socket.write('GET /dcv-session-manager-api.yaml HTTP/1.1\r\nHost: broker\r\n\r\n'.repeat(200));
    } else {
      socket.resume();
      socket.write(slowness === 'header' ? head : `${head}Content-Length: 100000\r\n\r\n{`);
    }
    this.#dripOn();
  }

  #dripOn(): void {
    this.#drip = clock.after(DRIP_MS, () => {
      if (!this.socket.writable) return;
      this.socket.write(DRIPS[this.slowness]);
      this.#dripOn();
    });
  }
}

import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

type Mode = 'open' | 'silent' | 'refusing';

/** Stands between a store and its database, and does what networks do. */
export class TcpProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #mode: Mode = 'open';
  #cutAfter: string | null = null;
  /** How often an answer was withheld. */
  cuts = 0;

  private constructor(readonly target: { readonly host: string; readonly port: number }) {
    this.#server = createServer((client) => this.#accept(client));
  }

  static async to(target: { readonly host: string; readonly port: number }): Promise<TcpProxy> {
    const proxy = new TcpProxy(target);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** `silent`: what is sent gets lost, also on open connections. `refusing`: connections end, new ones at once. */
  turn(mode: Mode): void {
    this.#mode = mode;
    // A path that was silent is not taken up again: the peers have forgotten each other.
    if (mode !== 'silent') for (const socket of this.#sockets) socket.destroy();
  }

  /** The next request with these words reaches the database; its answer does not come back, and the connection ends. */
  cutAfterRequest(words: string): void {
    this.#cutAfter = words;
  }

  async close(): Promise<void> {
    this.turn('refusing');
    this.#server.close();
    await once(this.#server, 'close');
  }

  #accept(client: Socket): void {
    this.#watch(client);
    if (this.#mode === 'refusing') return void client.destroy();
    if (this.#mode === 'silent') return;
    const database = connect(this.target);
    this.#watch(database);
    let isCut = false;
    client.on('data', (bytes) => {
      if (this.#mode === 'silent') return;
      if (this.#cutAfter !== null && bytes.includes(this.#cutAfter)) {
        this.#cutAfter = null;
        this.cuts += 1;
        isCut = true;
      }
      database.write(bytes);
    });
    database.on('data', (bytes) => {
      if (this.#mode === 'silent') return;
      if (isCut) client.destroy();
      else client.write(bytes);
    });
    client.on('close', () => database.destroy());
    database.on('close', () => client.destroy());
  }

  #watch(socket: Socket): void {
    this.#sockets.add(socket);
    // The end of a connection is seen by the one that uses it.
    socket.on('error', () => undefined);
    socket.on('close', () => this.#sockets.delete(socket));
  }
}

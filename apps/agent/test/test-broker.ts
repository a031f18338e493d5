import { readFileSync } from 'node:fs';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { join } from 'node:path';
import {
  AGENT_LINK_PATH,
  AGENT_LINK_SUBPROTOCOL,
  decodeToBroker,
  encodeToAgent,
  type Command,
  type Hello,
  type Outcome,
  type ToAgent,
  type ToBroker,
} from '@dcvsm/protocol';
import { WebSocketServer, type WebSocket } from 'ws';
import type { TestAuthority } from './test-authority.js';

export const TLS_FOLDER = join(__dirname, 'fixtures', 'tls');

type MessageOf<Type extends ToBroker['type']> = Extract<ToBroker, { type: Type }>;

interface Waiter {
  readonly matches: (message: ToBroker) => boolean;
  readonly resolve: (message: ToBroker) => void;
}

export interface TestBrokerOptions {
  readonly heartbeatMs?: number;
  readonly port?: number;
  /** Asks agents for tokens; absent: a broker that does not. */
  readonly authority?: TestAuthority;
}

/** A broker's end of the real wire: TLS, the subprotocol, hello and welcome; what comes is kept and can be awaited. */
export class TestBroker {
  readonly received: ToBroker[] = [];
  readonly sockets: WebSocket[] = [];
  readonly #server: https.Server;
  readonly #upgrades: WebSocketServer;
  readonly #connections = new Set<Duplex>();
  readonly #heartbeatMs: number;
  #waiters: Waiter[] = [];
  /** Answers for the next hellos; an empty list means welcome. */
  readonly refusals: string[] = [];

  private constructor(heartbeatMs: number, authority?: TestAuthority) {
    this.#heartbeatMs = heartbeatMs;
    const read = (name: string): Buffer => readFileSync(join(TLS_FOLDER, name));
    this.#server = https.createServer({ key: read('key.pem'), cert: read('cert.pem') });
    this.#upgrades = new WebSocketServer({
      server: this.#server,
      path: AGENT_LINK_PATH,
      ...(authority && {
        verifyClient: ({ req }, verified) =>
          verified(authority.accepts(req), 401, '{"error":"no good token"}'),
      }),
      handleProtocols: (offered) => (offered.has(AGENT_LINK_SUBPROTOCOL) ? AGENT_LINK_SUBPROTOCOL : false),
    });
    this.#server.on('request', (request, response) => {
      if (authority !== undefined) return void authority.answer(request, response);
      response.writeHead(404).end('{"error":"there is nothing"}');
    });
    this.#server.on('connection', (socket) => {
      this.#connections.add(socket);
      socket.once('close', () => this.#connections.delete(socket));
    });
    this.#upgrades.on('connection', (socket) => this.#accept(socket));
  }

  static async start({
    heartbeatMs = 200,
    port = 0,
    authority,
  }: TestBrokerOptions = {}): Promise<TestBroker> {
    const broker = new TestBroker(heartbeatMs, authority);
    await new Promise<void>((resolve) => broker.#server.listen(port, '127.0.0.1', resolve));
    return broker;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The newest link. */
  get link(): WebSocket {
    return this.sockets.at(-1)!;
  }

  send(message: ToAgent): void {
    this.link.send(encodeToAgent(message));
  }

  command(commandId: string, command: Command, timeLeftMs = 60_000): void {
    this.send({ type: 'command', commandId, timeLeftMs, command });
  }

  /** The next message of a type that comes after the call. */
  next<Type extends ToBroker['type']>(type: Type): Promise<MessageOf<Type>> {
    return new Promise((resolve) => {
      const matches = (message: ToBroker): boolean => message.type === type;
      this.#waiters.push({ matches, resolve: resolve as (message: ToBroker) => void });
    });
  }

  async nextHello(): Promise<Hello> {
    return this.next('hello');
  }

  /** Sends a command and waits for its outcome. */
  async order(commandId: string, command: Command, timeLeftMs?: number): Promise<Outcome> {
    const outcome = this.next('outcome');
    this.command(commandId, command, timeLeftMs);
    return (await outcome).outcome;
  }

  /** As when the process is killed: no goodbye. */
  async vanish(): Promise<void> {
    for (const socket of this.#connections) socket.destroy();
    this.#upgrades.close();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #accept(socket: WebSocket): void {
    socket.on('error', () => undefined);
    socket.on('message', (data) => {
      const decoded = decodeToBroker((data as Buffer).toString('utf8'));
      if (decoded.kind !== 'message')
        throw new Error(`the agent said something wrong: ${JSON.stringify(decoded)}`);
      this.#take(socket, decoded.message);
    });
  }

  #take(socket: WebSocket, message: ToBroker): void {
    if (message.type === 'hello') this.#greet(socket);
    if (message.type === 'report') {
      socket.send(encodeToAgent({ type: 'report-accepted', requestId: message.requestId }));
    }
    this.received.push(message);
    const met = this.#waiters.filter((waiter) => waiter.matches(message));
    this.#waiters = this.#waiters.filter((waiter) => !met.includes(waiter));
    for (const waiter of met) waiter.resolve(message);
  }

  #greet(socket: WebSocket): void {
    const reason = this.refusals.shift();
    if (reason !== undefined) {
      socket.send(encodeToAgent({ type: 'refused', reason }));
      socket.close(1008, 'refused');
      return;
    }
    this.sockets.push(socket);
    const epoch = this.sockets.length;
    socket.send(
      encodeToAgent({ type: 'welcome', protocolVersion: 1, epoch, heartbeatMs: this.#heartbeatMs }),
    );
  }
}

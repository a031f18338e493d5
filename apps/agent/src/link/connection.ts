import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';
import {
  AGENT_LINK_PATH,
  AGENT_LINK_SUBPROTOCOL,
  decodeToAgent,
  encodeToBroker,
  MAX_FRAME_BYTES,
  type Decoded,
  type ToAgent,
  type ToBroker,
} from '@dcvsm/protocol';
import type { Clock } from '@dcvsm/runtime';
import WebSocket from 'ws';
import { tlsOptions } from '../broker-tls.js';
import type { AgentConfig } from '../config/agent-config.js';
import { readUpgradeRefusal } from './upgrade-refused.js';

const HANDSHAKE_MS = 10_000;
const CLOSE_GOING_AWAY = 1001;
const CLOSE_MS = 1000;

/** What a connection tells its owner. */
export interface ConnectionEvents {
  readonly onMessage: (message: Decoded<ToAgent>) => void;
  /** Anything at all was heard from the broker, pings and pongs included. */
  readonly onHeard: () => void;
}

/** One open socket to the broker. */
export class Connection {
  readonly #socket: WebSocket;
  /** Resolves, with words for the log, when the socket is closed for whatever reason. */
  readonly closed: Promise<string>;

  constructor(socket: WebSocket, events: ConnectionEvents) {
    this.#socket = socket;
    this.closed = new Promise((resolve) => {
      let problem: string | null = null;
      socket.on('error', (cause) => {
        problem = cause.message;
      });
      socket.once('close', (code, reason) =>
        resolve(problem ?? (reason.toString() || `closed with code ${code}`)),
      );
    });
    socket.on('message', (data, isBinary) => {
      events.onHeard();
      const text = isBinary ? null : (data as Buffer).toString('utf8');
      events.onMessage(
        text === null ? { kind: 'malformed', problem: 'a binary frame' } : decodeToAgent(text),
      );
    });
    socket.on('ping', events.onHeard);
    socket.on('pong', events.onHeard);
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  /** What is sent on a closed connection is lost; whoever sends has to be able to live with that. */
  send(message: ToBroker): void {
    if (this.isOpen) this.#socket.send(encodeToBroker(message));
  }

  /** Resolves when the message has left this process, so that large data never piles up in memory. */
  sendPaced(message: ToBroker): Promise<void> {
    return new Promise((resolve, reject) => {
      if (!this.isOpen) return reject(new Error('the link is closed'));
      this.#socket.send(encodeToBroker(message), (cause) => (cause ? reject(cause) : resolve()));
    });
  }

  /** The answer is heard even if the broker has nothing to say. */
  ping(): void {
    if (this.isOpen) this.#socket.ping();
  }

  /** Politely, but not for longer than a moment: the other side may be gone. */
  close(reason: string, clock: Pick<Clock, 'after'>): void {
    this.#socket.close(CLOSE_GOING_AWAY, reason);
    const timer = clock.after(CLOSE_MS, () => this.#socket.terminate());
    void this.closed.then(() => timer.cancel());
  }

  /** At once, without a word. */
  terminate(): void {
    this.#socket.terminate();
  }
}

export function brokerUrl({ host, port }: Pick<AgentConfig['broker'], 'host' | 'port'>): string {
  const authority = isIPv6(host) ? `[${host}]` : host;
  return `wss://${authority}:${port}${AGENT_LINK_PATH}`;
}

export interface Dialling {
  readonly broker: AgentConfig['broker'];
  /** Access token of this agent; null: it has none to show. */
  readonly token: string | null;
  readonly signal: AbortSignal;
}

/** Opens a link's connection. @rejects UpgradeRefused with the broker's words, or the system's error */
export type OpenConnection = (dialling: Dialling, events: ConnectionEvents) => Promise<Connection>;

/** Opens a socket to the broker. @rejects UpgradeRefused with the broker's words, or the system's error */
export async function openConnection(
  { broker, token, signal }: Dialling,
  events: ConnectionEvents,
): Promise<Connection> {
  const tls = await tlsOptions(broker);
  signal.throwIfAborted();
  const socket = new WebSocket(brokerUrl(broker), [AGENT_LINK_SUBPROTOCOL], {
    ...tls,
    headers: token === null ? {} : { Authorization: `Bearer ${token}` },
    perMessageDeflate: false,
    maxPayload: MAX_FRAME_BYTES,
    handshakeTimeout: HANDSHAKE_MS,
    followRedirects: false,
  });
  const connection = new Connection(socket, events);
  const abort = (): void => socket.terminate();
  signal.addEventListener('abort', abort, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
      socket.once('unexpected-response', (_request, response: IncomingMessage) => {
        void readUpgradeRefusal(response).then((refused) => {
          reject(refused);
          socket.terminate();
        });
      });
    });
  } finally {
    signal.removeEventListener('abort', abort);
  }
  return connection;
}

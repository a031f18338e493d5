import { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TlsOptions } from 'node:tls';
import type { Clock, Log } from '@dcvsm/runtime';
import type { Express } from 'express';
import { beforeExpress, type Edge } from './before-express.js';
import { limitConnectionsPerAddress } from './limits/connections-per-address.js';
import { OpenConnections } from './open-connections.js';
import { refuseWhatIsNoRequest } from './refuse-socket.js';

export type TakeUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

export interface HttpsListener {
  readonly server: Server;
  readonly port: number;
  /** Takes requests to upgrade, which then no longer count as connections. Without this they are ordinary requests. */
  onUpgrade(take: TakeUpgrade): void;
  /** Stops listening, lets requests in flight end, and closes every connection. */
  close(): Promise<void>;
}

export interface ListenerOptions extends Edge {
  /** Key, certificate and what is asked of clients; `Certificates.forListener` has it. */
  readonly tls: TlsOptions;
  readonly port: number;
  readonly bindHost: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Connections that one address may have open. */
  readonly connectionsPerAddress: number;
}

/** Above the idle time of the usual load balancers (60 s), so that they, not we, close idle connections. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;

/** Requests still in flight this long after `close` are cut off. */
const CLOSE_GRACE_MS = 10_000;

/** Listens with TLS and limits on slow or broken clients. @rejects with the error of `listen`. */
export async function startHttpsListener(options: ListenerOptions): Promise<HttpsListener> {
  const connections = new OpenConnections(options.clock);
  const server = createServer(
    {
      ...nativePrototypes(options.app),
      minVersion: 'TLSv1.2',
      ...options.tls,
      handshakeTimeout: 10_000,
      headersTimeout: 10_000,
      // With the interval below nobody holds a connection by sending slowly for more than 15 s.
      requestTimeout: 10_000,
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
      connectionsCheckingInterval: 5_000,
      // We look for it ourselves, to name it.
      requireHostHeader: false,
    },
    connections.watch(beforeExpress(options)),
  );
  const { connectionsPerAddress: most, clock, log } = options;
  const uncount = limitConnectionsPerAddress(server, { most, clock, log });
  server.on('secureConnection', (socket) => connections.add(socket));
  refuseWhatIsNoRequest(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.bindHost, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const { port } = server.address() as AddressInfo;
  const onUpgrade = (take: TakeUpgrade): void => {
    server.on('upgrade', (request, socket, head) => {
      uncount(request.socket);
      take(request, socket, head);
    });
  };
  return { server, port, onUpgrade, close: () => close(server, connections, options.clock) };
}

/**
 * Express gives each request and response its own prototype, after which V8 takes slow paths: a third of the
 * requests per second. When they are made with these prototypes in the first place, that changes nothing any more.
 * They are real classes: objects made by `Reflect.construct` each get a hidden class of their own (measured: 0.15 ms).
 */
function nativePrototypes(app: Express): {
  IncomingMessage: typeof IncomingMessage;
  ServerResponse: typeof ServerResponse;
} {
  class AppRequest extends IncomingMessage {}
  class AppResponse<Request extends IncomingMessage> extends ServerResponse<Request> {}
  app.request = adopt(AppRequest.prototype, app.request, app) as Express['request'];
  app.response = adopt(AppResponse.prototype, app.response, app) as Express['response'];
  return { IncomingMessage: AppRequest, ServerResponse: AppResponse };
}

/** Puts what Express adds, which hangs between the app's own prototype and Node's, behind a class's prototype. */
function adopt(prototype: object, expressOwn: object, app: Express): object {
  Object.setPrototypeOf(prototype, Object.getPrototypeOf(expressOwn) as object);
  Object.defineProperty(prototype, 'app', {
    configurable: true,
    enumerable: true,
    writable: true,
    value: app,
  });
  return prototype;
}

async function close(server: Server, connections: OpenConnections, clock: Clock): Promise<void> {
  const timer = clock.after(CLOSE_GRACE_MS, () => server.closeAllConnections());
  await readWhatArrived();
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  connections.closeWhenIdle();
  await closed;
  timer.cancel();
}

/**
 * Requests that the system has received already are read: on a connection that looks idle they would be lost with it. The
 * first turn may be one that has asked the system before they came.
 */
async function readWhatArrived(): Promise<void> {
  for (let turn = 0; turn < 2; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

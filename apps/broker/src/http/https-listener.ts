import { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Clock } from '@dcvsm/runtime';
import type { Express } from 'express';
import { beforeExpress } from './before-express.js';
import { OpenConnections } from './open-connections.js';
import { refuseWhatIsNoRequest } from './refuse-socket.js';

export interface TlsMaterial {
  /** PEM. */
  readonly key: string;
  /** PEM, leaf first. */
  readonly cert: string;
}

export interface HttpsListener {
  readonly server: Server;
  readonly port: number;
  /** Stops listening, lets requests in flight end, and closes every connection. */
  close(): Promise<void>;
}

export interface ListenerOptions {
  readonly app: Express;
  readonly tls: TlsMaterial;
  readonly port: number;
  readonly bindHost: string;
  readonly clock: Clock;
}

/** Above the idle time of the usual load balancers (60 s), so that they, not we, close idle connections. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;

/** Requests still in flight this long after `close` are cut off. */
const CLOSE_GRACE_MS = 10_000;

/** Listens with TLS and limits on slow or broken clients. @rejects with the error of `listen`. */
export async function startHttpsListener(options: ListenerOptions): Promise<HttpsListener> {
  const connections = new OpenConnections();
  const server = createServer(
    {
      ...nativePrototypes(options.app),
      key: options.tls.key,
      cert: options.tls.cert,
      minVersion: 'TLSv1.2',
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
      connectionsCheckingInterval: 5_000,
      // We look for it ourselves, to name it.
      requireHostHeader: false,
    },
    connections.watch(beforeExpress(options.app)),
  );
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
  return { server, port, close: () => close(server, connections, options.clock) };
}

/**
 * Express gives each request and response its own prototype, after which V8 takes slow paths: a third of the
 * requests per second. When they are made with these prototypes in the first place, that changes nothing any more.
 */
function nativePrototypes(app: Express): {
  IncomingMessage: typeof IncomingMessage;
  ServerResponse: typeof ServerResponse;
} {
  const Request = function (...parameters: unknown[]): object {
    return Reflect.construct(IncomingMessage, parameters, Request) as object;
  };
  Request.prototype = app.request;
  const Response = function (...parameters: unknown[]): object {
    return Reflect.construct(ServerResponse, parameters, Response) as object;
  };
  Response.prototype = app.response;
  return {
    IncomingMessage: Request as unknown as typeof IncomingMessage,
    ServerResponse: Response as unknown as typeof ServerResponse,
  };
}

async function close(server: Server, connections: OpenConnections, clock: Clock): Promise<void> {
  const timer = clock.after(CLOSE_GRACE_MS, () => server.closeAllConnections());
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  connections.closeWhenIdle();
  await closed;
  timer.cancel();
}

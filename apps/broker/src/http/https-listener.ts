import { IncomingMessage, ServerResponse, type RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Express } from 'express';

export interface TlsMaterial {
  /** PEM. */
  readonly key: string;
  /** PEM, leaf first. */
  readonly cert: string;
}

export interface HttpsListener {
  readonly server: Server;
  readonly port: number;
  /** Stops listening, lets requests in flight end, and closes idle connections. */
  close(): Promise<void>;
}

export interface ListenerOptions {
  readonly app: Express;
  readonly tls: TlsMaterial;
  readonly port: number;
  readonly bindHost: string;
}

/** Above the idle time of the usual load balancers (60 s), so that they, not we, close idle connections. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;

/** Listens with TLS and limits on slow or broken clients. @rejects with the error of `listen`. */
export async function startHttpsListener(options: ListenerOptions): Promise<HttpsListener> {
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
    },
    answerHealthFirst(options.app),
  );
  server.on('clientError', answerClientError);
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.bindHost, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return { server, port: (server.address() as AddressInfo).port, close: () => close(server) };
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

/** Load balancers ask this every few seconds; it needs no token and nothing of Express (rule 11). */
function answerHealthFirst(app: Express): RequestListener {
  return (request, response) => {
    if (request.url !== '/health' || (request.method !== 'GET' && request.method !== 'HEAD')) {
      app(request, response);
      return;
    }
    response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
    response.end('{"status":"ok"}');
  };
}

const CLIENT_ERRORS: Readonly<Record<string, readonly [status: string, words: string]>> = {
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'the headers are too large'],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'the request took too long to arrive'],
};

/** What is not HTTP at all never reaches Express, but it too is told what is wrong. */
function answerClientError(error: Error & { code?: string }, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, words] = CLIENT_ERRORS[error.code ?? ''] ?? [
    '400 Bad Request',
    'the request is not valid HTTP/1.1',
  ];
  const body = JSON.stringify({ error: words });
  const head = `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: application/json\r\n`;
  socket.end(`${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  (socket as Socket).destroySoon?.();
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}

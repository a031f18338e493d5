import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { respondJson } from './respond.js';

/** What never reaches Express, or would be answered by Node without words, is told what is wrong all the same. */
export function refuseWhatIsNoRequest(server: Server): void {
  const latest = new WeakMap<Duplex, ServerResponse>();
  server.on('request', (request: IncomingMessage, response: ServerResponse) =>
    latest.set(request.socket, response),
  );
  server.on('clientError', (error: Error & { code?: string }, socket: Duplex) => {
    if (isAnswered(latest.get(socket))) (socket as Socket).destroySoon();
    else answerClientError(error, socket);
  });
  // Who does not manage to speak TLS cannot be told anything.
  server.on('tlsClientError', () => undefined);
  server.on('connect', (_request: IncomingMessage, socket: Duplex) =>
    refuse(socket, '405 Method Not Allowed', 'CONNECT is not allowed: this is no proxy'),
  );
  server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) =>
    respondJson(response, 417, { error: 'Expect must be 100-continue' }, { Connection: 'close' }),
  );
}

const CLIENT_ERRORS: Readonly<Record<string, readonly [status: string, words: string]>> = {
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'the headers are too large'],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'the request took too long to arrive'],
};

/**
 * A request that was refused by its headers may still turn out to have a broken body. A second answer to it would be
 * taken for that of somebody else's request by a proxy that shares the connection.
 */
function isAnswered(response: ServerResponse | undefined): boolean {
  return response !== undefined && response.writableEnded && !response.req.complete;
}

function answerClientError(error: Error & { code?: string }, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  refuse(
    socket,
    ...(CLIENT_ERRORS[error.code ?? ''] ?? ['400 Bad Request', 'the request is not valid HTTP/1.1']),
  );
}

function refuse(socket: Duplex, status: string, words: string): void {
  const body = JSON.stringify({ error: words });
  const head = `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: application/json\r\n`;
  socket.end(`${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  (socket as Socket).destroySoon?.();
}

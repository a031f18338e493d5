import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { answerParent } from './answer-parent.js';

/** What the bare server answers from now on; the first order also starts it. */
export interface BareOrder {
  /** PEM. */
  readonly key: string;
  /** PEM. */
  readonly cert: string;
  readonly body: string;
}

let server: Server | null = null;
let body = Buffer.alloc(0);

/** The limit of any broker on this machine: TLS, HTTP, and nothing that has to be looked up or thought about. */
async function serve(order: BareOrder): Promise<number> {
  body = Buffer.from(order.body);
  if (server === null) {
    const { key, cert } = order;
    const fresh = createServer({ key, cert, minVersion: 'TLSv1.2' }, (request, response) => {
      request.resume();
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': body.length });
      response.end(body);
    });
    await new Promise<void>((resolve) => fresh.listen(0, '127.0.0.1', resolve));
    server = fresh;
  }
  return (server.address() as AddressInfo).port;
}

answerParent(serve);

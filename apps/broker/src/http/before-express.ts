import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Express } from 'express';
import type { Throttle } from './limits/throttle.js';
import type { TryPlainRoutes } from './plain-routes.js';
import { respondJson } from './respond.js';

/**
 * Ten times what clients and the proxies before us send. Node has a limit of its own, but leaves out what is beyond it
 * without a word, so that somebody else's reading of the request would differ from ours.
 */
const MAX_HEADERS = 100;

export interface Edge {
  readonly app: Express;
  readonly throttle?: Throttle;
  readonly tryPlainRoutes?: TryPlainRoutes;
}

/** What is decided before Express sees a request: health checks, and requests that no application should see. */
export function beforeExpress({
  app,
  throttle = () => null,
  tryPlainRoutes = () => false,
}: Edge): RequestListener {
  return (request, response) => {
    const target = originForm(request.url ?? '');
    if (target === null) {
      return respondJson(response, 400, {
        error: 'the request target must be a path, such as /describeSessions',
      });
    }
    if (request.rawHeaders.length > 2 * MAX_HEADERS) {
      const error = `the request has more than ${MAX_HEADERS} headers`;
      return respondJson(response, 431, { error }, { Connection: 'close' });
    }
    if (request.headers.host === undefined && request.httpVersion !== '1.0') {
      return respondJson(response, 400, { error: 'the Host header is missing' });
    }
    request.url = target;
    // Load balancers ask this every few seconds; it needs no token and nothing of Express (rule 11).
    if (target === '/health' && (request.method === 'GET' || request.method === 'HEAD')) {
      return respondJson(response, 200, { status: 'ok' }, { 'Cache-Control': 'no-store' });
    }
    const waitSeconds = throttle(request);
    if (waitSeconds !== null) return tooMany(request, response, waitSeconds);
    if (!tryPlainRoutes(request, response)) app(request, response);
  };
}

/** The body is not read: a caller that sends too much is not listened to. */
function tooMany(request: IncomingMessage, response: ServerResponse, waitSeconds: number): void {
  const error = `too many requests from this address; try again in ${waitSeconds} s (max-api-requests-per-second)`;
  const headers = { 'Retry-After': String(waitSeconds), ...(hasBody(request) && { Connection: 'close' }) };
  respondJson(response, 429, { error }, headers);
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}

/** Proxies may send the whole URL, which means the same as its path (RFC 9112 section 3.2.2); null: neither. */
function originForm(target: string): string | null {
  if (target.startsWith('/')) return target;
  const path = /^https?:\/\/[^/?#]+([^#]*)$/i.exec(target)?.[1];
  if (path === undefined) return null;
  return path.startsWith('/') ? path : `/${path}`;
}

import type { RequestListener } from 'node:http';
import type { Express } from 'express';
import { respondJson } from './respond.js';

/** What is decided before Express sees a request: health checks, and requests that no application should see. */
export function beforeExpress(app: Express): RequestListener {
  return (request, response) => {
    const target = originForm(request.url ?? '');
    if (target === null) {
      return respondJson(response, 400, {
        error: 'the request target must be a path, such as /describeSessions',
      });
    }
    if (request.headers.host === undefined && request.httpVersion !== '1.0') {
      return respondJson(response, 400, { error: 'the Host header is missing' });
    }
    request.url = target;
    // Load balancers ask this every few seconds; it needs no token and nothing of Express (rule 11).
    if (target === '/health' && (request.method === 'GET' || request.method === 'HEAD')) {
      return respondJson(response, 200, { status: 'ok' }, { 'Cache-Control': 'no-store' });
    }
    app(request, response);
  };
}

/** Proxies may send the whole URL, which means the same as its path (RFC 9112 section 3.2.2); null: neither. */
function originForm(target: string): string | null {
  if (target.startsWith('/')) return target;
  const path = /^https?:\/\/[^/?#]+([^#]*)$/i.exec(target)?.[1];
  if (path === undefined) return null;
  return path.startsWith('/') ? path : `/${path}`;
}

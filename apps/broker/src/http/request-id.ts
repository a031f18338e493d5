import type { IncomingMessage } from 'node:http';
import type { Ids } from '@dcvsm/runtime';

/** The id a caller gave in X-Request-Id, if it is harmless in logs and answers, else a fresh one. */
export function requestIdOf(request: IncomingMessage, ids: Ids): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && /^[\w-]{1,64}$/.test(given) ? given : ids.uuid();
}

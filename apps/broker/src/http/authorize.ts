import type { IncomingMessage } from 'node:http';
import type { Caller } from '../domain/caller.js';
import type { TokenReader } from '../security/clients/token-reader.js';
import type { TokenVerdict } from '../security/clients/token-verdict.js';
import { HttpProblem } from './http-problem.js';

/** Who calls. A promise only when the keys of an external authorization server must be fetched first. */
export type Authorize = (request: IncomingMessage) => Caller | Promise<Caller>;

/**
 * Checks the bearer token of a request. The words for a missing header are what portals and load balancers probe
 * for (rule 10). @throws HttpProblem 401, or 503 when an authorization server cannot be asked for its keys.
 */
export function requireToken(reader: TokenReader): Authorize {
  return (request) => {
    const header = request.headers.authorization;
    if (header === undefined) throw unauthorized('No authorization header');
    const token = /^Bearer +(\S+) *$/i.exec(header)?.[1];
    if (token === undefined) throw unauthorized('The authorization header must be "Bearer <access token>"');
    const verdict = reader.read(token);
    return verdict instanceof Promise ? verdict.then(callerOf) : callerOf(verdict);
  };
}

/** `enable-authorization = false`: every caller may do everything. */
export const allowAnybody: Authorize = () => ({ kind: 'anybody' });

function callerOf(verdict: TokenVerdict): Caller {
  switch (verdict.kind) {
    case 'caller':
      return verdict.caller;
    case 'refused':
      throw unauthorized(`Not authorized: ${verdict.reason}`, 'invalid_token');
    case 'keys-unavailable': {
      const words = 'the authorization server cannot be asked for its keys right now; try again';
      throw new HttpProblem(503, words, { headers: { 'Retry-After': '30' } });
    }
  }
}

function unauthorized(words: string, error?: string): HttpProblem {
  const challenge = error === undefined ? 'Bearer' : `Bearer error="${error}"`;
  return new HttpProblem(401, words, { headers: { 'WWW-Authenticate': challenge } });
}

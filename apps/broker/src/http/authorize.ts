import type { IncomingMessage } from 'node:http';
import type { AccessTokens } from '../security/access-tokens.js';
import type { ApiClients } from '../security/api-clients.js';
import { HttpProblem } from './http-problem.js';

/** Who calls: an API client, or anybody when the broker runs without authorization. */
export type Caller = { readonly kind: 'client'; readonly clientId: string } | { readonly kind: 'anybody' };

export type Authorize = (request: IncomingMessage) => Caller;

/**
 * Checks the bearer token of a request. The words for a missing header are what portals and load balancers probe
 * for (rule 10). @throws HttpProblem 401.
 */
export function requireToken(tokens: AccessTokens, clients: ApiClients): Authorize {
  return (request) => {
    const header = request.headers.authorization;
    if (header === undefined) throw unauthorized('No authorization header');
    const token = /^Bearer +(\S+) *$/i.exec(header)?.[1];
    if (token === undefined) throw unauthorized('The authorization header must be "Bearer <access token>"');
    const read = tokens.read(token);
    if (read.kind === 'invalid')
      throw unauthorized(`Not authorized: ${read.reason}; request a new one`, 'invalid_token');
    if (!clients.isActive(read.clientId)) {
      throw unauthorized('Not authorized: the API client is unregistered', 'invalid_token');
    }
    return { kind: 'client', clientId: read.clientId };
  };
}

/** `enable-authorization = false`: every caller may do everything. */
export const allowAnybody: Authorize = () => ({ kind: 'anybody' });

function unauthorized(words: string, error?: string): HttpProblem {
  const challenge = error === undefined ? 'Bearer' : `Bearer error="${error}"`;
  return new HttpProblem(401, words, { headers: { 'WWW-Authenticate': challenge } });
}

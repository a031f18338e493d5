import type { IncomingMessage } from 'node:http';
import type { Log } from '@dcvsm/runtime';
import type { RequestHandler } from 'express';
import { ACCESS_TOKEN_LIFETIME_SECONDS, type AccessTokens } from '../security/access-tokens.js';
import type { ApiClients } from '../security/api-clients.js';
import { printable } from './printable.js';
import { readBody } from './read-body.js';
import { respondJson } from './respond.js';

const MAX_FORM_BYTES = 16_384;

/** RFC 6749 section 5.1: nothing of a token answer may be kept by caches. */
const NO_STORE = { 'Cache-Control': 'no-store', Pragma: 'no-cache' };

/**
 * `POST /oauth2/token` (RFC 6749 section 4.4). The grant type may be in the query or in a form, with or without a
 * content type: clients in the field do all of it (rule 18).
 */
export function tokenEndpoint(tokens: AccessTokens, clients: ApiClients, log: Log): RequestHandler {
  return async (request, response) => {
    const body = await readBody(request, MAX_FORM_BYTES);
    const form = new URLSearchParams(body.toString('utf8'));
    const query = new URLSearchParams(request.url.split('?')[1]);
    const grantType = form.get('grant_type') ?? query.get('grant_type');
    const credentials = basicCredentials(request) ?? formCredentials(form);
    if (credentials === null || !clients.authenticate(credentials.id, credentials.password)) {
      const description = credentials === null ? 'No client credentials' : 'Unknown client or wrong password';
      const clientId = credentials === null ? null : printable(credentials.id, 64);
      log.info({ requestId: response.locals['requestId'] as string, clientId }, 'refused to issue a token');
      const challenge = { ...NO_STORE, 'WWW-Authenticate': 'Basic realm="dcv-session-manager"' };
      return respondJson(
        response,
        401,
        { error: 'invalid_client', error_description: description },
        challenge,
      );
    }
    if (grantType !== 'client_credentials') {
      const error = grantType === null ? 'invalid_request' : 'unsupported_grant_type';
      const words = 'grant_type must be client_credentials';
      return respondJson(response, 400, { error, error_description: words }, NO_STORE);
    }
    const answer = {
      access_token: tokens.issue(credentials.id),
      token_type: 'Bearer',
      expires_in: ACCESS_TOKEN_LIFETIME_SECONDS,
    };
    respondJson(response, 200, answer, NO_STORE);
  };
}

interface Credentials {
  readonly id: string;
  readonly password: string;
}

function basicCredentials(request: IncomingMessage): Credentials | null {
  const encoded = /^Basic +([A-Za-z0-9+/=_-]+) *$/i.exec(request.headers.authorization ?? '')?.[1];
  if (encoded === undefined) return null;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon === -1 ? null : { id: text.slice(0, colon), password: text.slice(colon + 1) };
}

function formCredentials(form: URLSearchParams): Credentials | null {
  const id = form.get('client_id');
  const password = form.get('client_secret');
  return id === null || password === null ? null : { id, password };
}

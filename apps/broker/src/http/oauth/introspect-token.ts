import { OWN_AUDIENCE, type AccessTokens } from '../../security/clients/access-tokens.js';
import type { ApiClients } from '../../security/clients/api-clients.js';
import { commonScopes, writeScopes } from '../../security/clients/scopes.js';
import type { OAuthAnswer, OAuthCall } from './oauth-endpoint.js';
import { invalidRequest } from './oauth-problem.js';

const INACTIVE: OAuthAnswer = { body: { active: false }, changed: null };

/**
 * `POST /oauth2/introspect` (RFC 7662). A client learns of its own tokens, one with the scope administer of all that this
 * broker issued. Whatever else it asks about is not active, without a reason.
 */
export function introspectToken(
  { clientId, form }: OAuthCall,
  { tokens, clients }: { readonly tokens: AccessTokens; readonly clients: ApiClients },
): OAuthAnswer {
  const text = form.get('token');
  if (text === null) throw invalidRequest('token is missing');
  const read = tokens.read(text);
  if (read.kind !== 'valid') return INACTIVE;
  const { token } = read;
  const mayAsk = token.clientId === clientId || clients.find(clientId)?.scopes.has('administer') === true;
  const limits = clients.find(token.clientId);
  if (!mayAsk || limits === null) return INACTIVE;
  const body = {
    active: true,
    scope: writeScopes(commonScopes(limits.scopes, token.scopes)),
    client_id: token.clientId,
    token_type: 'Bearer',
    exp: Math.floor(token.expiresAtMs / 1000),
    iat: Math.floor(token.issuedAtMs / 1000),
    sub: token.clientId,
    aud: OWN_AUDIENCE,
    ...(token.issuer !== undefined && { iss: token.issuer }),
    jti: token.id,
  };
  return { body, changed: null };
}

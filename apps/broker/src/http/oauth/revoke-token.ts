import type { AccessTokens } from '../../security/clients/access-tokens.js';
import type { RevokedTokens } from '../../security/clients/revoked-tokens.js';
import type { OAuthAnswer, OAuthCall } from './oauth-endpoint.js';
import { invalidRequest, OAuthProblem } from './oauth-problem.js';

/**
 * `POST /oauth2/revoke` (RFC 7009): takes back one of the client's own tokens, from this moment on. A token that is
 * unknown, expired or revoked already is as the client wants it, and answered alike.
 */
export async function revokeToken(
  { clientId, form }: OAuthCall,
  { tokens, revoked }: { readonly tokens: AccessTokens; readonly revoked: RevokedTokens },
): Promise<OAuthAnswer> {
  const text = form.get('token');
  if (text === null) throw invalidRequest('token is missing');
  const read = tokens.read(text);
  if (read.kind !== 'valid') return { body: {}, changed: null };
  const { id, expiresAtMs } = read.token;
  if (read.token.clientId !== clientId) {
    throw new OAuthProblem(400, 'unauthorized_client', 'the token was issued to another client');
  }
  await revoked.revoke(id, { clientId, expiresAtMs });
  return { body: {}, changed: [id] };
}

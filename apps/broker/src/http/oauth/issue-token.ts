import type { OperationScope } from '@dcvsm/protocol';
import { ACCESS_TOKEN_LIFETIME_SECONDS, type AccessTokens } from '../../security/clients/access-tokens.js';
import type { ApiClients } from '../../security/clients/api-clients.js';
import { isScope, writeScopes } from '../../security/clients/scopes.js';
import { allScopes } from '../../domain/caller.js';
import { issuerOf } from './issuer.js';
import type { OAuthAnswer, OAuthCall } from './oauth-endpoint.js';
import { invalidRequest, OAuthProblem } from './oauth-problem.js';

export interface IssueOptions {
  readonly tokens: AccessTokens;
  readonly clients: ApiClients;
  readonly issuer: string | null;
}

/**
 * `POST /oauth2/token` (RFC 6749 section 4.4). The grant type may be in the query or in a form, with or without a
 * content type: clients in the field do all of it (rule 18).
 */
export function issueToken({ clientId, form, request }: OAuthCall, options: IssueOptions): OAuthAnswer {
  const { tokens, clients, issuer } = options;
  const grantType = form.getAnywhere('grant_type');
  const words = 'grant_type must be client_credentials';
  if (grantType === null) throw invalidRequest(words);
  if (grantType !== 'client_credentials') throw new OAuthProblem(400, 'unsupported_grant_type', words);
  const allowed = clients.find(clientId)?.scopes ?? new Set();
  const asked = form.getAnywhere('scope');
  const scopes = asked === null ? allowed : narrowed(asked, allowed);
  const { text, id } = tokens.issue(clientId, scopes, issuerOf(request, issuer));
  const body = {
    access_token: text,
    token_type: 'Bearer',
    expires_in: ACCESS_TOKEN_LIFETIME_SECONDS,
    // Who asked for nothing and got everything gets the answer of the original, to the field.
    ...((asked !== null || scopes !== allScopes) && { scope: writeScopes(scopes) }),
  };
  return { body, changed: [id] };
}

/**
 * The scopes that a token is to have. Names that mean nothing here are passed over, as the original does: clients in
 * the field were set up for other servers' scopes. If no name means anything, nothing was asked for.
 * @throws OAuthProblem invalid_scope if one is more than the client has
 */
function narrowed(asked: string, allowed: ReadonlySet<OperationScope>): ReadonlySet<OperationScope> {
  const known = asked.split(' ').filter(isScope);
  if (known.length === 0) return allowed;
  const refused = known.find((name) => !allowed.has(name));
  if (refused === undefined) return new Set(known);
  const words = `this client may ask for ${writeScopes(allowed)}, not for "${refused}"`;
  throw new OAuthProblem(400, 'invalid_scope', words);
}

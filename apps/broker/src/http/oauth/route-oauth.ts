import type { Express, RequestHandler } from 'express';
import type { ClientAccess } from '../../security/clients/client-access.js';
import { refuseOtherMethods } from '../base-app.js';
import { respondJson } from '../respond.js';
import { introspectToken } from './introspect-token.js';
import { issueToken } from './issue-token.js';
import { issuerOf } from './issuer.js';
import { NO_STORE, oauthEndpoint, type OAuthEndpointOptions } from './oauth-endpoint.js';
import { revokeToken } from './revoke-token.js';
import { serverMetadata } from './server-metadata.js';

export interface OAuthRoutesOptions extends Omit<OAuthEndpointOptions, 'clients'> {
  readonly access: ClientAccess;
  /** Null: the name by which a client calls the broker. */
  readonly issuer: string | null;
}

/** What the broker serves as an authorization server for REST clients. */
export function routeOAuth(app: Express, options: OAuthRoutesOptions): void {
  const { access, issuer } = options;
  const { clients, tokens, revoked } = access;
  const endpoint = { ...options, clients };
  const posts: Readonly<Record<string, RequestHandler>> = {
    '/oauth2/token': oauthEndpoint('token.issue', endpoint, (call) =>
      issueToken(call, { tokens, clients, issuer }),
    ),
    '/oauth2/introspect': oauthEndpoint('token.introspect', endpoint, (call) =>
      introspectToken(call, { tokens, clients }),
    ),
    '/oauth2/revoke': oauthEndpoint('token.revoke', endpoint, (call) =>
      revokeToken(call, { tokens, revoked }),
    ),
  };
  const gets: Readonly<Record<string, RequestHandler>> = {
    '/oauth2/jwks': (_request, response) =>
      respondJson(response, 200, { keys: access.keys.published() }, NO_STORE),
    '/.well-known/oauth-authorization-server': (request, response) =>
      respondJson(response, 200, serverMetadata(issuerOf(request, issuer)), NO_STORE),
  };
  for (const [path, handler] of Object.entries(posts)) {
    app.post(path, handler);
    refuseOtherMethods(app, path, 'POST');
  }
  for (const [path, handler] of Object.entries(gets)) {
    app.get(path, handler);
    refuseOtherMethods(app, path, 'GET');
  }
}

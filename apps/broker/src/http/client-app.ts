import { operationIds, operations } from '@dcvsm/protocol';
import type { Ids, Log } from '@dcvsm/runtime';
import type { Express } from 'express';
import type { AccessTokens } from '../security/access-tokens.js';
import type { ApiClients } from '../security/api-clients.js';
import { allowAnybody, requireToken } from './authorize.js';
import { baseApp, endRoutes, refuseOtherMethods } from './base-app.js';
import type { OperationContext } from './operations/operation-handler.js';
import { routeOperation } from './route-operation.js';
import { tokenEndpoint } from './token-endpoint.js';

export interface ClientAppOptions {
  readonly context: OperationContext;
  readonly tokens: AccessTokens;
  readonly clients: ApiClients;
  readonly issuesTokens: boolean;
  readonly requiresTokens: boolean;
  /** The OpenAPI document as served, or null if it is not. */
  readonly apiDescription: string | null;
  readonly ids: Ids;
  readonly log: Log;
}

/** What listens on the client port: the nine operations, the token endpoint and the API description. */
export function clientApp(options: ClientAppOptions): Express {
  const { tokens, clients, log, context } = options;
  const app = baseApp(options.ids);
  const authorize = options.requiresTokens ? requireToken(tokens, clients) : allowAnybody;
  for (const id of operationIds) {
    const { method, path } = operations[id];
    const route = path.replace(/\{(\w+)\}/g, ':$1');
    const verb = method.toLowerCase() as Lowercase<typeof method>;
    app[verb](route, routeOperation(id, { context, authorize, log }));
    refuseOtherMethods(app, route, method);
  }
  if (options.issuesTokens) {
    app.post('/oauth2/token', tokenEndpoint(tokens, clients, log));
    refuseOtherMethods(app, '/oauth2/token', 'POST');
  }
  serveDescription(app, options.apiDescription);
  endRoutes(app, log);
  return app;
}

function serveDescription(app: Express, apiDescription: string | null): void {
  if (apiDescription === null) return;
  app.get('/dcv-session-manager-api.yaml', (_request, response) => {
    response.writeHead(200, {
      'Content-Type': 'application/yaml',
      'Content-Length': Buffer.byteLength(apiDescription),
    });
    response.end(apiDescription);
  });
}

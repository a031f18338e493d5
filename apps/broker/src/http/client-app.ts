import type { Ids } from '@dcvsm/runtime';
import type { Express } from 'express';
import type { ClientAccess } from '../security/clients/client-access.js';
import { allowAnybody, requireToken } from './authorize.js';
import { baseApp, endRoutes } from './base-app.js';
import type { CountFailure } from './limits/failed-attempts.js';
import { routeOAuth } from './oauth/route-oauth.js';
import { plainRoutes, type TryPlainRoutes } from './plain-routes.js';
import type { RouteOptions } from './route-operation.js';
import { answerOperations, routeOperations } from './route-operations.js';

export interface ClientAppOptions extends Omit<RouteOptions, 'authorize'> {
  readonly access: ClientAccess;
  readonly countFailure: CountFailure;
  readonly issuesTokens: boolean;
  readonly requiresTokens: boolean;
  readonly issuer: string | null;
  /** The OpenAPI document as served, or null if it is not. */
  readonly apiDescription: string | null;
  readonly ids: Ids;
}

export interface ClientApp {
  readonly app: Express;
  /** Asked before Express. */
  readonly tryPlainRoutes: TryPlainRoutes;
}

/** What listens on the client port: the nine operations, the token endpoint and the API description. */
export function clientApp(options: ClientAppOptions): ClientApp {
  const { access, log } = options;
  const app = baseApp(options.ids);
  const authorize = options.requiresTokens ? requireToken(access.reader) : allowAnybody;
  const answers = answerOperations({ ...options, authorize });
  routeOperations(app, answers);
  if (options.issuesTokens) routeOAuth(app, options);
  serveDescription(app, options.apiDescription);
  endRoutes(app, log);
  return { app, tryPlainRoutes: plainRoutes(answers, options) };
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

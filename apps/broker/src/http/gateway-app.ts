import type { Ids, Log } from '@dcvsm/runtime';
import type { Express } from 'express';
import { baseApp, endRoutes, refuseOtherMethods } from './base-app.js';
import { resolveEndpoint, type ResolveOptions } from './gateway-resolve.js';

export interface GatewayAppOptions extends ResolveOptions {
  readonly ids: Ids;
  readonly log: Log;
}

const RESOLVE_PATH = '/resolveSession';

/** What listens on the port for Connection Gateways; without client certificates everybody may ask. */
export function gatewayApp(options: GatewayAppOptions): Express {
  const app = baseApp(options.ids);
  app.post(RESOLVE_PATH, resolveEndpoint(options));
  refuseOtherMethods(app, RESOLVE_PATH, 'POST');
  endRoutes(app, options.log);
  return app;
}

import type { Ids, Log } from '@dcvsm/runtime';
import type { Express } from 'express';
import type { Fleet } from '../fleet/fleet.js';
import { baseApp, endRoutes, refuseOtherMethods } from './base-app.js';
import { verifierEndpoint } from './verifier-endpoint.js';

const VERIFIER_PATH = '/agent/validate-authentication-token';

/** What listens on the agent port besides the agents' links. */
export function agentApp(options: { readonly fleet: Fleet; readonly ids: Ids; readonly log: Log }): Express {
  const app = baseApp(options.ids);
  app.post(VERIFIER_PATH, verifierEndpoint(options.fleet));
  refuseOtherMethods(app, VERIFIER_PATH, 'POST');
  endRoutes(app, options.log);
  return app;
}

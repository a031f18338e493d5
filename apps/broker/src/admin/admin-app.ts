import type { Ids } from '@dcvsm/runtime';
import type { Express } from 'express';
import { baseApp, endRoutes } from '../http/base-app.js';
import { addAgentClientRoutes } from './agent-client-routes.js';
import { addApiClientRoutes, type ApiClientRoutesDeps } from './api-client-routes.js';
import { addAuditRoutes, type AuditRoutesDeps } from './audit-routes.js';
import { addAuthServerRoutes, type AuthServerRoutesDeps } from './auth-server-routes.js';
import { addDnsMappingRoutes, type DnsMappingRoutesDeps } from './dns-mapping-routes.js';
import { addDoctorRoutes, type DoctorRoutesDeps } from './doctor-routes.js';
import { addSigningKeyRoutes, type SigningKeyRoutesDeps } from './signing-key-routes.js';
import { addSoftwareStatementRoutes, type SoftwareStatementRoutesDeps } from './software-statement-routes.js';
import { addStatusRoutes, type StatusRoutesDeps } from './status-routes.js';

/** What the routes need; each subject names its own. */
export interface AdminAppOptions
  extends
    ApiClientRoutesDeps,
    AuditRoutesDeps,
    AuthServerRoutesDeps,
    SigningKeyRoutesDeps,
    SoftwareStatementRoutesDeps,
    DnsMappingRoutesDeps,
    StatusRoutesDeps,
    DoctorRoutesDeps {
  readonly ids: Ids;
}

/** What the admin commands ask of the running broker. Only who may open the socket's file gets here. */
export function adminApp(options: AdminAppOptions): Express {
  const app = baseApp(options.ids);
  addApiClientRoutes(app, options);
  addAuditRoutes(app, options);
  addAuthServerRoutes(app, options);
  addSigningKeyRoutes(app, options);
  addDnsMappingRoutes(app, options);
  addSoftwareStatementRoutes(app, options);
  addAgentClientRoutes(app, options);
  addStatusRoutes(app, options);
  addDoctorRoutes(app, options);
  endRoutes(app, options.log);
  return app;
}

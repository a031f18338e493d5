import type { Express } from 'express';
import type { AuditLog } from '../audit/audit-log.js';
import { respondJson } from '../http/respond.js';

export interface AuditRoutesDeps {
  readonly auditLog: Pick<AuditLog, 'head'>;
}

/** Where the chain stands in the running broker, for `audit --verify`. */
export function addAuditRoutes(app: Express, { auditLog }: AuditRoutesDeps): void {
  app.get('/audit/head', (_request, response) => respondJson(response, 200, auditLog.head));
}

import { operationIds, operations } from '@dcvsm/protocol';
import type { Express } from 'express';
import { refuseOtherMethods } from './base-app.js';
import { routeOperation, type RouteOptions } from './route-operation.js';

/** All operations of the contract, each on its path. */
export function routeOperations(app: Express, options: RouteOptions): void {
  for (const id of operationIds) {
    const { method, path } = operations[id];
    const route = path.replace(/\{(\w+)\}/g, ':$1');
    const verb = method.toLowerCase() as Lowercase<typeof method>;
    app[verb](route, routeOperation(id, options));
    refuseOtherMethods(app, route, method);
  }
}

import type { Express } from 'express';
import { respondJson } from '../http/respond.js';
import type { BrokerStatus } from './broker-status.js';

export interface StatusRoutesDeps {
  readonly status: () => Promise<BrokerStatus>;
}

export function addStatusRoutes(app: Express, { status }: StatusRoutesDeps): void {
  app.get('/status', async (_request, response) => {
    respondJson(response, 200, await status());
  });
}

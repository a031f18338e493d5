import type { Clock, Log } from '@dcvsm/runtime';
import type { Express } from 'express';
import { z } from 'zod';
import type { RecordAudit } from '../audit/audit-entry.js';
import { HttpProblem } from '../http/http-problem.js';
import { parseRequest } from '../http/parse-request.js';
import { readJson } from '../http/read-body.js';
import { respondJson } from '../http/respond.js';
import { describeLimits, LimitsRequest, toLimits } from './api-client-limits.js';
import type { ApiClients } from '../security/clients/api-clients.js';

export interface ApiClientRoutesDeps {
  readonly clients: ApiClients;
  readonly clock: Clock;
  readonly audit: RecordAudit;
  readonly log: Log;
}

const RegisterApiClient = LimitsRequest.extend({
  name: z
    .string()
    .min(1, 'must not be empty')
    .max(128)
    .regex(/^[^\p{Cc}]*$/u, 'must not contain control characters'),
});

const actor = { kind: 'operator' } as const;

export function addApiClientRoutes(app: Express, { clients, clock, audit, log }: ApiClientRoutesDeps): void {
  app.post('/api-clients', async (request, response) => {
    const { name, ...limits } = parseRequest(RegisterApiClient, (await readJson(request)) ?? {});
    const client = await clients.register(name, toLimits(limits, clock.now()));
    if (client === 'name-taken') {
      throw new HttpProblem(409, `an API client named "${name}" is registered already; choose another name`);
    }
    log.info({ clientId: client.id, name, ...limits }, 'API client registered');
    audit({ actor, action: 'api-client.register', objects: [client.id], outcome: 'success' });
    respondJson(response, 200, client);
  });
  app.get('/api-clients', (request, response) => {
    const withLimits = request.query['details'] === 'true';
    const list = clients.list().map((client) => {
      const { name, id, active } = client;
      return { name, id, active, ...(withLimits && describeLimits(client)) };
    });
    respondJson(response, 200, list);
  });
  app.delete('/api-clients/:id', async (request, response) => {
    const { id } = request.params;
    if (!(await clients.deactivate(id)))
      throw new HttpProblem(404, `there is no API client with the id ${id}`);
    log.info({ clientId: id }, 'API client unregistered');
    audit({ actor, action: 'api-client.unregister', objects: [id], outcome: 'success' });
    respondJson(response, 200, {});
  });
}

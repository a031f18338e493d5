import type { Ids, Log } from '@dcvsm/runtime';
import type { Express } from 'express';
import { z } from 'zod';
import { baseApp, endRoutes } from '../http/base-app.js';
import { HttpProblem } from '../http/http-problem.js';
import { parseRequest } from '../http/parse-request.js';
import { readJson } from '../http/read-body.js';
import { respondJson } from '../http/respond.js';
import type { ApiClients } from '../security/api-clients.js';

const RegisterApiClient = z.strictObject({
  name: z
    .string()
    .min(1, 'must not be empty')
    .max(128)
    .regex(/^[^\p{Cc}]*$/u, 'must not contain control characters'),
});

/** What the admin commands ask of the running broker. Only who may open the socket's file gets here. */
export function adminApp(options: {
  readonly clients: ApiClients;
  readonly ids: Ids;
  readonly log: Log;
}): Express {
  const { clients, ids, log } = options;
  const app = baseApp(ids);
  app.post('/api-clients', async (request, response) => {
    const { name } = parseRequest(RegisterApiClient, (await readJson(request)) ?? {});
    const client = await clients.register(name);
    if (client === 'name-taken') {
      throw new HttpProblem(409, `an API client named "${name}" is registered already; choose another name`);
    }
    log.info({ clientId: client.id, name }, 'API client registered');
    respondJson(response, 200, client);
  });
  app.get('/api-clients', async (_request, response) => {
    const list = await clients.list();
    respondJson(
      response,
      200,
      list.map(({ name, id, active }) => ({ name, id, active })),
    );
  });
  app.delete('/api-clients/:id', async (request, response) => {
    const { id } = request.params;
    if (!(await clients.deactivate(id)))
      throw new HttpProblem(404, `there is no API client with the id ${id}`);
    log.info({ clientId: id }, 'API client unregistered');
    respondJson(response, 200, {});
  });
  endRoutes(app, log);
  return app;
}

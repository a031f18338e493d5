import type { Log } from '@dcvsm/runtime';
import type { Express } from 'express';
import type { RecordAudit } from '../audit/audit-entry.js';
import { HttpProblem } from '../http/http-problem.js';
import { respondJson } from '../http/respond.js';
import type { AgentAccess } from '../security/agents/agent-access.js';

export interface AgentClientRoutesDeps {
  readonly agents: AgentAccess;
  readonly audit: RecordAudit;
  readonly log: Log;
}

export function addAgentClientRoutes(app: Express, { agents, audit, log }: AgentClientRoutesDeps): void {
  app.get('/agent-clients', (_request, response) => {
    const list = agents.clients.list().map(({ name, id, active }) => ({ name, id, active }));
    respondJson(response, 200, list);
  });
  app.delete('/agent-clients/:id', async (request, response) => {
    const { id } = request.params;
    if (!(await agents.clients.unregister(id))) {
      const words = `there is no agent client with the id ${id}; describe-agent-clients lists them`;
      throw new HttpProblem(404, words);
    }
    log.info({ clientId: id }, 'agent client unregistered');
    const actor = { kind: 'operator' } as const;
    audit({ actor, action: 'agent.unregister', objects: [id], outcome: 'success' });
    respondJson(response, 200, {});
  });
}

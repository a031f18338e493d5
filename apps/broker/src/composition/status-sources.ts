import type { Clock } from '@dcvsm/runtime';
import { adminSocketPath } from '../admin/admin-socket.js';
import type { StatusSources } from '../admin/status-report.js';
import { databaseFile } from '../config/database-file.js';
import type { BrokerConfig } from '../config/read-config.js';
import type { Hub } from '../hub/hub.js';
import type { AgentAccess } from '../security/agents/agent-access.js';
import type { ApiClients } from '../security/clients/api-clients.js';
import type { View } from '../view/view.js';
import type { Listeners } from './listeners.js';

/** The parts of the broker that its status is read from. */
export interface StatusParts {
  readonly about: StatusSources['about'];
  readonly config: BrokerConfig;
  readonly listeners: Listeners;
  readonly caFile: string;
  readonly view: View;
  readonly hub: Hub;
  readonly clients: ApiClients;
  readonly agents: AgentAccess;
  readonly clock: Clock;
}

/** Where the broker's status comes from. */
export function statusSources(allParts: StatusParts): StatusSources {
  const { config, listeners, hub, clients, agents, ...parts } = allParts;
  const { client, agent, gateway } = listeners;
  const { issuesTokens, requiresTokens } = config.authorization;
  const gatewayHost = config.gatewayListener?.bindHost ?? '';
  return {
    ...parts,
    listeners: [
      { name: 'client', host: config.clientListener.bindHost, port: client.port },
      { name: 'agent', host: config.agentListener.bindHost, port: agent.port },
      ...(gateway === null ? [] : [{ name: 'gateway', host: gatewayHost, port: gateway.port }]),
    ],
    adminSocket: adminSocketPath(config.workingPath),
    adminPort: config.adminPort ?? null,
    queueMaxRequests: config.createQueue.maxRequests,
    agentLinks: () => hub.linkCount,
    apiClients: () => clients.list(),
    agentClients: () => agents.clients.list(),
    authorization: {
      issuesTokens,
      clientsNeedTokens: requiresTokens,
      agentsNeedTokens: agents.isRequired,
    },
    store: { kind: config.store, path: config.store === 'sqlite' ? databaseFile(config.workingPath) : null },
  };
}

import { mkdir } from 'node:fs/promises';
import type { Server } from 'node:http';
import { join } from 'node:path';
import type { Clock, Ids, Log } from '@dcvsm/runtime';
import { LRUCache } from 'lru-cache';
import { adminApp } from './admin/admin-app.js';
import { startAdminServer, stopAdminServer } from './admin/admin-server.js';
import { adminSocketPath } from './admin/admin-socket.js';
import { InProcessBus } from './bus/in-process-bus.js';
import type { BrokerConfig } from './config/read-config.js';
import { Fleet } from './fleet/fleet.js';
import type { FleetContext, FleetRules } from './fleet/fleet-context.js';
import { agentApp } from './http/agent-app.js';
import { clientApp } from './http/client-app.js';
import { startHttpsListener, type HttpsListener } from './http/https-listener.js';
import { Hub } from './hub/hub.js';
import { AccessTokens, newAccessTokenKey } from './security/access-tokens.js';
import { ApiClients } from './security/api-clients.js';
import { ensureCertificates } from './security/certificates.js';
import { ConnectionTokens } from './security/connection-tokens.js';
import { hostNames } from './security/host-names.js';
import { MemoryStore } from './store/memory-store.js';
import { SqliteStore } from './store/sqlite-store.js';
import type { Store } from './store/store.js';
import { View } from './view/view.js';

export interface BrokerOptions {
  readonly config: BrokerConfig;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** Text of the OpenAPI document. */
  readonly apiDescription: string;
}

export interface Broker {
  readonly clientPort: number;
  readonly agentPort: number;
  /** PEM file of the CA that clients and agents should trust. */
  readonly caFile: string;
  readonly adminSocket: string;
  readonly fleet: Fleet;
  readonly clients: ApiClients;
  stop(): Promise<void>;
}

/** The composition root: everything is made here once, and handed to those who need it. */
export async function startBroker(options: BrokerOptions): Promise<Broker> {
  const { config, clock, ids, log } = options;
  await mkdir(config.workingPath, { recursive: true, mode: 0o700 });
  const names = hostNames(config.tls.extraNames);
  const { caFile, tls } = await ensureCertificates(config.workingPath, names, clock);
  const store = await openStore(config);
  const clients = await ApiClients.load(store, clock, ids);
  const privateKeyPem = await store.secret('access-token-key', newAccessTokenKey());
  const tokens = new AccessTokens({ privateKeyPem, clock, ids });
  const context = await fleetContext(options, store);
  const { view, bus } = context;
  const fleet = await Fleet.start(context);
  const { heartbeatMs, leaseMs } = config.agents;
  const hub = new Hub({ fleet, bus, clock, log, heartbeatMs, leaseMs });

  const client = await startHttpsListener({
    app: clientApp({
      context: { fleet, view, requestLimits: config.sessions },
      tokens,
      clients,
      ...config.authorization,
      apiDescription: config.servesApiDescription ? options.apiDescription : null,
      ids,
      log,
    }),
    tls,
    clock,
    ...config.clientListener,
  });
  const agent = await startHttpsListener({
    app: agentApp({ fleet, ids, log }),
    tls,
    clock,
    ...config.agentListener,
  });
  agent.server.on('upgrade', (request, socket, head) => hub.handleUpgrade(request, socket, head));
  const adminSocket = adminSocketPath(config.workingPath);
  const admin = await startAdminServer(adminSocket, adminApp({ clients, ids, log }));
  log.info({ clientPort: client.port, agentPort: agent.port, caFile }, 'broker is ready');
  return {
    clientPort: client.port,
    agentPort: agent.port,
    caFile,
    adminSocket,
    fleet,
    clients,
    stop: () => stop({ client, agent, admin, hub, fleet, store }),
  };
}

function openStore(config: BrokerConfig): Promise<Store> {
  if (config.store === 'memory') return Promise.resolve(new MemoryStore());
  return SqliteStore.open({ path: join(config.workingPath, 'broker.db') });
}

async function fleetContext(options: BrokerOptions, store: Store): Promise<FleetContext> {
  const { config, clock, ids, log } = options;
  const secret = await store.secret('connection-token-key', ids.secret(32));
  const lifetimeMs = config.sessions.connectionTokenLifetimeMs;
  return {
    store,
    view: new View(),
    bus: new InProcessBus(),
    clock,
    ids,
    log,
    rules: fleetRules(config),
    connectionTokens: new ConnectionTokens({ secret, lifetimeMs, clock, ids }),
    requirementTests: new LRUCache({ max: 1_000 }),
    background: new Set(),
    commandsInFlight: new Set(),
    queueAdds: 0,
    lastRequestedAtMs: 0,
    wakeQueue: () => undefined,
  };
}

export function fleetRules(config: BrokerConfig): FleetRules {
  return {
    placementStrategy: config.placementStrategy,
    queueMaxRequests: config.createQueue.maxRequests,
    queueMaxWaitMs: config.createQueue.maxWaitMs,
    createTimeoutMs: config.sessions.createTimeoutMs,
    createRetries: config.sessions.createRetries,
    deletedRetentionMs: config.sessions.deletedRetentionMs,
    leaseMs: config.agents.leaseMs,
    unreachableServerRetentionMs: config.agents.unreachableServerRetentionMs,
    unreachableServerSessionsRetentionMs: config.agents.unreachableServerSessionsRetentionMs,
    autorunMaxArguments: config.sessions.autorunMaxArguments,
    autorunMaxArgumentCharacters: config.sessions.autorunMaxArgumentCharacters,
    screenshot: config.screenshot,
  };
}

interface Parts {
  readonly client: HttpsListener;
  readonly agent: HttpsListener;
  readonly admin: Server;
  readonly hub: Hub;
  readonly fleet: Fleet;
  readonly store: Store;
}

/** In the order in which data flows: nobody asks any more, nothing runs any more, then the store is closed. */
async function stop({ client, agent, admin, hub, fleet, store }: Parts): Promise<void> {
  const clientClosed = client.close();
  await stopAdminServer(admin);
  await hub.stop();
  await Promise.all([clientClosed, agent.close()]);
  await fleet.stop();
  await fleet.settle();
  await store.close();
}

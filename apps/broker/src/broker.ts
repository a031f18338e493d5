import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock, Ids, Log } from '@dcvsm/runtime';
import { adminApp } from './admin/admin-app.js';
import { startAdminServer, type AdminServer } from './admin/admin-server.js';
import { statusReporter } from './admin/status-report.js';
import type { RecordAudit } from './audit/audit-entry.js';
import { AuditLog } from './audit/audit-log.js';
import { makeFleetContext } from './composition/fleet-context.js';
import { servedListeners, startListeners, type Listeners } from './composition/listeners.js';
import { openStore } from './composition/open-store.js';
import { Running } from './composition/running.js';
import { statusSources } from './composition/status-sources.js';
import type { BrokerConfig } from './config/read-config.js';
import { Fleet } from './fleet/fleet.js';
import type { FleetContext } from './fleet/fleet-context.js';
import { boundedRefusals } from './http/bounded-refusals.js';
import { Hub } from './hub/hub.js';
import { openAgentAccess, type AgentAccess } from './security/agents/agent-access.js';
import type { ApiClients } from './security/clients/api-clients.js';
import { Certificates } from './security/certificates/certificates.js';
import { loadClientAccess, type ClientAccess } from './security/clients/client-access.js';
import { hostNames } from './security/certificates/host-names.js';

export interface BrokerOptions {
  readonly config: BrokerConfig;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** What the status says about the program. */
  readonly about: { readonly version: string; readonly configFile: string };
  /** Text of the OpenAPI document. */
  readonly apiDescription: string;
}

export interface Broker {
  readonly clientPort: number;
  readonly agentPort: number;
  /** Null: the broker does not serve gateways. */
  readonly gatewayPort: number | null;
  /** PEM file of the CA that clients and agents should trust. */
  readonly caFile: string;
  readonly adminSocket: string;
  /** On loopback; null if the commands have the socket alone. */
  readonly adminPort: number | null;
  readonly fleet: Fleet;
  readonly clients: ApiClients;
  readonly agents: AgentAccess;
  /** Reads key stores, trust stores and the CA again, and uses what changed; problems are logged. */
  reload(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * The composition root: everything is made here once, and handed to those who need it. A start that fails leaves nothing
 * running behind.
 */
export async function startBroker(options: BrokerOptions): Promise<Broker> {
  const running = new Running();
  try {
    return await start(options, running);
  } catch (error) {
    await running.stop();
    throw error;
  }
}

async function start(options: BrokerOptions, running: Running): Promise<Broker> {
  const { config, clock, ids, log } = options;
  const { workingPath } = config;
  await mkdir(workingPath, { recursive: true, mode: 0o700 });
  const certificates = await openCertificates(options);
  running.started(() => certificates.stop());
  const store = await openStore(options);
  running.started(() => store.close());
  const auditLog = openAuditLog(options, running);
  const audit: RecordAudit = (entry) => auditLog.record(entry);

  const access = await loadClientAccess({ store, ...config.authorization, clock, ids, log });
  running.started(() => access.forgetting.stop());
  const agents = await openAgentAccess({ store, workingPath, ...config.agentAuthorization, clock, ids, log });
  const context = await makeFleetContext({ config, store, clock, ids, log });
  const fleet = await Fleet.start(context);
  running.started(async () => {
    await fleet.stop();
    await fleet.settle();
  });

  const hub = new Hub({
    fleet,
    bus: context.bus,
    agents,
    audit: boundedRefusals(audit, clock),
    clock,
    log,
    ...config.agents,
  });
  running.started(() => hub.stop());
  const listeners = await startListeners({ ...options, certificates, fleet, access, agents, audit });
  listeners.agent.onUpgrade((request, socket, head) => hub.handleUpgrade(request, socket, head));
  running.started(() => stopEdges(listeners, hub));
  const parts = { certificates, context, fleet, hub, listeners, access, agents, audit, auditLog };
  const admin = await startAdmin(options, parts);
  running.started(() => admin.close());

  audit({ actor: { kind: 'broker' }, action: 'broker.start', objects: [], outcome: 'success' });
  return ready(options, parts, { admin, running });
}

function openCertificates({ config, clock, log }: BrokerOptions): Promise<Certificates> {
  return Certificates.open({
    workingPath: config.workingPath,
    names: () => hostNames(config.tls.extraNames),
    listeners: servedListeners(config),
    clock,
    log,
  });
}

function openAuditLog({ config, clock, log }: BrokerOptions, running: Running): AuditLog {
  const folder = join(config.workingPath, 'audit');
  const auditLog = new AuditLog({ folder, clock, log, maxFileBytes: config.auditMaxFileBytes });
  running.started(() => {
    auditLog.record({ actor: { kind: 'broker' }, action: 'broker.stop', objects: [], outcome: 'success' });
    auditLog.close();
  });
  return auditLog;
}

interface Parts {
  readonly certificates: Certificates;
  readonly context: FleetContext;
  readonly fleet: Fleet;
  readonly hub: Hub;
  readonly listeners: Listeners;
  readonly access: ClientAccess;
  readonly agents: AgentAccess;
  readonly audit: RecordAudit;
  readonly auditLog: AuditLog;
}

function startAdmin(options: BrokerOptions, parts: Parts): Promise<AdminServer> {
  const { config, about, clock, ids, log } = options;
  const { certificates, context, hub, listeners, access, agents, audit, auditLog } = parts;
  const { clients } = access;
  const { view, store, dnsMappings } = context;
  const { caFile } = certificates;
  const status = statusReporter(
    statusSources({ about, config, listeners, caFile, view, hub, clients, agents, clock }),
  );
  const app = adminApp({
    ...access,
    ...{ agents, dnsMappings, audit, auditLog, status, view, store, clock, ids, log },
  });
  return startAdminServer({ app, workingPath: config.workingPath, port: config.adminPort, ids, log, audit });
}

/**
 * Clients first, while the agents can still do what was asked for last; then the links, since their listener waits for its
 * connections.
 */
async function stopEdges({ client, agent, gateway }: Listeners, hub: Hub): Promise<void> {
  await Promise.all([client.close(), gateway?.close()]);
  await hub.stop();
  await agent.close();
}

function ready(
  { log }: BrokerOptions,
  { certificates, fleet, listeners, access, agents }: Parts,
  { admin, running }: { readonly admin: AdminServer; readonly running: Running },
): Broker {
  const { caFile } = certificates;
  const clientPort = listeners.client.port;
  const agentPort = listeners.agent.port;
  const gatewayPort = listeners.gateway?.port ?? null;
  log.info({ clientPort, agentPort, gatewayPort, caFile }, 'broker is ready');
  return {
    clientPort,
    agentPort,
    gatewayPort,
    caFile,
    adminSocket: admin.socketPath,
    adminPort: admin.port,
    fleet,
    clients: access.clients,
    agents,
    reload: () => certificates.reload(),
    stop: () => running.stop(),
  };
}

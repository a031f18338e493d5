import type { Clock, Ids, Log } from '@dcvsm/runtime';
import type { RecordAudit } from '../audit/audit-entry.js';
import type { ListenerConfig } from '../config/broker-config.js';
import type { BrokerConfig } from '../config/read-config.js';
import type { Fleet } from '../fleet/fleet.js';
import { agentApp } from '../http/agent-app.js';
import type { Edge } from '../http/before-express.js';
import { clientApp } from '../http/client-app.js';
import { gatewayApp } from '../http/gateway-app.js';
import { startHttpsListener, type HttpsListener } from '../http/https-listener.js';
import { failedAttempts } from '../http/limits/failed-attempts.js';
import { throttle } from '../http/limits/throttle.js';
import type { AgentAccess } from '../security/agents/agent-access.js';
import type { Certificates, CertificatesOptions } from '../security/certificates/certificates.js';
import type { ClientAccess } from '../security/clients/client-access.js';

export interface ListenerParts {
  readonly config: BrokerConfig;
  readonly certificates: Certificates;
  readonly fleet: Fleet;
  readonly access: ClientAccess;
  readonly agents: AgentAccess;
  readonly audit: RecordAudit;
  /** The OpenAPI document. */
  readonly apiDescription: string;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

export interface Listeners {
  readonly client: HttpsListener;
  readonly agent: HttpsListener;
  /** Null: the broker does not serve gateways. */
  readonly gateway: HttpsListener | null;
}

/** All of them listen, or none. @rejects with the error of the first that cannot */
export async function startListeners(parts: ListenerParts): Promise<Listeners> {
  const { config, clock, log } = parts;
  const listen = new Listening(parts);
  const throttled = throttle({ ...config.limits, clock, log });
  try {
    const clientEdge = { ...clientApp(clientOptions(parts)), throttle: throttled };
    const client = await listen.start('client', clientEdge, config.clientListener);
    const agent = await listen.start('agent', { app: agentApp(parts) }, config.agentListener);
    const { gatewayListener } = config;
    if (gatewayListener === null) return { client, agent, gateway: null };
    const app = gatewayApp({ ...parts, ...gatewayListener });
    return { client, agent, gateway: await listen.start('gateway', { app }, gatewayListener) };
  } catch (error) {
    await listen.closeAll();
    throw error;
  }
}

/** Those whose certificates are needed. */
export function servedListeners(config: BrokerConfig): CertificatesOptions['listeners'] {
  const { client, agent, gateway } = config.tls.listeners;
  return config.gatewayListener === null ? { client, agent } : { client, agent, gateway };
}

function clientOptions(parts: ListenerParts): Parameters<typeof clientApp>[0] {
  const { config, fleet, access, audit, apiDescription, clock, ids, log } = parts;
  return {
    fleet,
    requestLimits: config.sessions,
    audit,
    access,
    countFailure: failedAttempts({ ...config.limits, audit, clock, log }),
    ...config.authorization,
    apiDescription: config.servesApiDescription ? apiDescription : null,
    ids,
    log,
  };
}

class Listening {
  readonly #parts: ListenerParts;
  readonly #started: HttpsListener[] = [];

  constructor(parts: ListenerParts) {
    this.#parts = parts;
  }

  async start(
    name: 'client' | 'agent' | 'gateway',
    edge: Edge,
    where: ListenerConfig,
  ): Promise<HttpsListener> {
    const { certificates, config, clock, log } = this.#parts;
    const listener = await startHttpsListener({
      ...edge,
      tls: certificates.forListener(name),
      clock,
      log,
      connectionsPerAddress: config.limits.connectionsPerAddress,
      ...where,
    });
    this.#started.push(listener);
    certificates.serve(name, listener.server);
    return listener;
  }

  async closeAll(): Promise<void> {
    await Promise.all(this.#started.map((listener) => listener.close()));
  }
}

import { X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { getHeapStatistics } from 'node:v8';
import { SessionState, type UnavailabilityReason } from '@dcvsm/protocol';
import type { Clock } from '@dcvsm/runtime';
import { unavailabilityReason } from '../domain/availability.js';
import { daysLeft } from '../security/certificates/expiry.js';
import type { View } from '../view/view.js';
import type { BrokerStatus, CertificateStatus, ListenerStatus } from './broker-status.js';
import { presentedCertificate } from './presented-certificate.js';
import { statusProblems } from './status-problems.js';

/** The parts of a running broker that its status is read from. */
export interface StatusSources {
  readonly about: { readonly version: string; readonly configFile: string };
  readonly listeners: readonly { readonly name: string; readonly host: string; readonly port: number }[];
  readonly adminSocket: string;
  readonly adminPort: number | null;
  readonly caFile: string;
  readonly view: View;
  readonly queueMaxRequests: number;
  readonly agentLinks: () => number;
  readonly apiClients: () => readonly { readonly active: boolean }[];
  readonly agentClients: () => readonly { readonly active: boolean }[];
  readonly authorization: BrokerStatus['authorization'];
  /** Path null: it lives in memory. */
  readonly store: { readonly kind: string; readonly path: string | null };
  readonly clock: Clock;
}

/** Makes what reports the broker's status from now on; the uptime counts from this call. */
export function statusReporter(sources: StatusSources): () => Promise<BrokerStatus> {
  const { clock } = sources;
  const [startedAt, startMs] = [new Date(clock.now()).toISOString(), clock.monotonicMs()];
  return async () => {
    const uptimeSeconds = Math.floor((clock.monotonicMs() - startMs) / 1000);
    const status = { ...(await readStatus(sources)), startedAt, uptimeSeconds };
    return { ...status, problems: statusProblems(status) };
  };
}

type Momentary = Omit<BrokerStatus, 'startedAt' | 'uptimeSeconds' | 'problems'>;

async function readStatus(sources: StatusSources): Promise<Momentary> {
  const { view, clock, caFile } = sources;
  const nowMs = clock.now();
  const ca = new X509Certificate(await readFile(caFile));
  return {
    ...sources.about,
    nodeVersion: process.version,
    processId: process.pid,
    listeners: await Promise.all(sources.listeners.map((listener) => listenerStatus(listener, nowMs))),
    adminSocket: sources.adminSocket,
    adminPort: sources.adminPort,
    certificateAuthority: { file: caFile, certificate: certificateStatus(ca, nowMs) },
    sessions: countSessions(view),
    queue: queueStatus(view, sources.queueMaxRequests, nowMs),
    servers: countServers(view),
    agentLinks: sources.agentLinks(),
    apiClients: countClients(sources.apiClients()),
    agentClients: countClients(sources.agentClients()),
    authorization: sources.authorization,
    store: { ...sources.store, sizeBytes: await storeSize(sources.store.path) },
    memory: memoryStatus(),
  };
}

async function listenerStatus(
  listener: { readonly name: string; readonly host: string; readonly port: number },
  nowMs: number,
): Promise<ListenerStatus> {
  const presented = await presentedCertificate(listener.host, listener.port);
  if (presented.kind === 'none') return { ...listener, certificate: null, problem: presented.problem };
  return { ...listener, certificate: certificateStatus(presented.certificate, nowMs), problem: null };
}

function certificateStatus(certificate: X509Certificate, nowMs: number): CertificateStatus {
  return {
    subject: certificate.subject.replaceAll('\n', ', '),
    validTo: new Date(certificate.validTo).toISOString(),
    daysLeft: daysLeft(certificate, nowMs),
  };
}

function countSessions(view: View): BrokerStatus['sessions'] {
  const count = (state: SessionState): number => view.sessionsInState(state).length;
  return Object.fromEntries(SessionState.options.map((state) => [state, count(state)])) as Record<
    SessionState,
    number
  >;
}

function queueStatus(view: View, max: number, nowMs: number): BrokerStatus['queue'] {
  const [oldest] = view.queue();
  const oldestWaitSeconds =
    oldest === undefined ? null : Math.max(0, Math.floor((nowMs - oldest.requestedAtMs) / 1000));
  return { waiting: view.queueLength, max, oldestWaitSeconds };
}

function countServers(view: View): BrokerStatus['servers'] {
  const unavailable: Partial<Record<UnavailabilityReason, number>> = {};
  let available = 0;
  for (const server of view.servers()) {
    const reason = unavailabilityReason(server);
    if (reason === null) available += 1;
    else unavailable[reason] = (unavailable[reason] ?? 0) + 1;
  }
  return { total: view.serverCount, available, unavailable };
}

function countClients(clients: readonly { readonly active: boolean }[]): {
  active: number;
  inactive: number;
} {
  const active = clients.filter((client) => client.active).length;
  return { active, inactive: clients.length - active };
}

/** With the log that the last changes are in. */
async function storeSize(path: string | null): Promise<number | null> {
  if (path === null) return null;
  const sizes = await Promise.all([path, `${path}-wal`].map(sizeOf));
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}

function memoryStatus(): BrokerStatus['memory'] {
  const { rss, heapUsed } = process.memoryUsage();
  return {
    residentBytes: rss,
    heapUsedBytes: heapUsed,
    heapLimitBytes: getHeapStatistics().heap_size_limit,
  };
}

import { SessionState, UnavailabilityReason } from '@dcvsm/protocol';
import { z } from 'zod';

const Count = z.int().min(0);

/** Of a certificate that somebody is shown or has to trust. */
const CertificateStatus = z.object({
  subject: z.string(),
  validTo: z.iso.datetime(),
  /** Whole days; negative when it has ended. */
  daysLeft: z.int(),
});
export type CertificateStatus = z.infer<typeof CertificateStatus>;

const ListenerStatus = z.object({
  name: z.string(),
  host: z.string(),
  port: Count,
  /** What a client of this port is shown; null: nothing, see `problem`. */
  certificate: CertificateStatus.nullable(),
  /** Why the port did not answer a TLS handshake. */
  problem: z.string().nullable(),
});
export type ListenerStatus = z.infer<typeof ListenerStatus>;

const ClientCounts = z.object({ active: Count, inactive: Count });

/** All that `dcv-session-manager-broker status` shows; its `--json` prints exactly this. */
export const BrokerStatus = z.object({
  version: z.string(),
  nodeVersion: z.string(),
  processId: Count,
  startedAt: z.iso.datetime(),
  uptimeSeconds: Count,
  configFile: z.string(),
  listeners: z.array(ListenerStatus),
  adminSocket: z.string(),
  adminPort: Count.nullable(),
  certificateAuthority: z.object({ file: z.string(), certificate: CertificateStatus.nullable() }),
  sessions: z.record(SessionState, Count),
  queue: z.object({ waiting: Count, max: Count, oldestWaitSeconds: Count.nullable() }),
  servers: z.object({
    total: Count,
    available: Count,
    unavailable: z.partialRecord(UnavailabilityReason, Count),
  }),
  agentLinks: Count,
  apiClients: ClientCounts,
  agentClients: ClientCounts,
  authorization: z.object({
    /** The broker issues tokens to API clients. */
    issuesTokens: z.boolean(),
    clientsNeedTokens: z.boolean(),
    agentsNeedTokens: z.boolean(),
  }),
  store: z.object({ kind: z.string(), path: z.string().nullable(), sizeBytes: Count.nullable() }),
  memory: z.object({ residentBytes: Count, heapUsedBytes: Count, heapLimitBytes: Count }),
  /** What an operator should mend; empty when all is well. */
  problems: z.array(z.string()),
});
export type BrokerStatus = z.infer<typeof BrokerStatus>;

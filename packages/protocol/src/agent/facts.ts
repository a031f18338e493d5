import { z } from 'zod';
import { text } from '../api/scalars.js';

/** What a host tells of itself. Static facts are durable at the broker; load is not. */

/** What clients are shown must be what the REST contract allows: whole characters, numbers that JSON readers keep. */
const short = text(1024);
const bytes = z.number().min(0).max(Number.MAX_SAFE_INTEGER);
const count = z.int().min(0).max(2_147_483_647);

export const EndpointFacts = z.object({
  ipAddress: short,
  port: z.int().min(0).max(65_535),
  protocol: z.enum(['HTTP', 'QUIC']),
  /** HTTP only. */
  webUrlPath: short.optional(),
});
export type EndpointFacts = z.infer<typeof EndpointFacts>;

export const Tag = z.object({ key: text(256).min(1), value: short });
export type Tag = z.infer<typeof Tag>;

/** Facts that change only when somebody changes the host. */
export const HostFacts = z.object({
  hostname: short.min(1),
  ip: short.min(1),
  dnsName: short,
  endpoints: z.array(EndpointFacts).max(64),
  webUrlPath: short,
  dcvVersion: short,
  agentVersion: short,
  os: z.object({
    family: z.enum(['windows', 'linux']),
    name: short,
    version: short,
    kernelVersion: short.optional(),
    buildNumber: short.optional(),
  }),
  memoryTotalBytes: bytes,
  swapTotalBytes: bytes,
  cpu: z.object({
    vendor: short,
    modelName: short,
    architecture: short,
    numberOfCpus: count,
    physicalCoresPerCpu: count,
  }),
  gpus: z.array(z.object({ vendor: short, modelName: short })).max(64),
  /** Only on EC2. */
  aws: z.object({ region: short, instanceType: short, instanceId: short, imageId: short }).optional(),
  /** Tags of the host's tag files; the broker adds the built-in ones. */
  tags: z.array(Tag).max(256),
  limits: z.object({
    /** -1: unlimited. */
    maxVirtualSessions: z.int().min(-1),
    maxVirtualSessionsPerUser: z.int().min(-1),
  }),
});
export type HostFacts = z.infer<typeof HostFacts>;

/** Figures that change all the time. */
export const HostLoad = z.object({
  memoryUsedBytes: bytes,
  swapUsedBytes: bytes,
  cpuLoadAverage: z.object({
    oneMinute: z.number().min(0),
    fiveMinutes: z.number().min(0),
    fifteenMinutes: z.number().min(0),
  }),
  loggedInUsers: z.array(short).max(1024),
});
export type HostLoad = z.infer<typeof HostLoad>;

/** A session as DCV on the host describes it. Times are ISO 8601 in UTC. */
export const HostSession = z.object({
  id: text(256).min(1),
  name: short,
  owner: short,
  type: z.enum(['CONSOLE', 'VIRTUAL']),
  connections: count,
  createdAt: z.iso.datetime({ offset: true }).optional(),
  lastDisconnectedAt: z.iso.datetime({ offset: true }).optional(),
  storageRoot: short.optional(),
});
export type HostSession = z.infer<typeof HostSession>;

/**
 * The state of DCV on the host. While it cannot be asked, the agent does not know which sessions exist,
 * which is not the same as there being none.
 */
export const DcvState = z.discriminatedUnion('healthy', [
  z.object({ healthy: z.literal(true), sessions: z.array(HostSession).max(10_000) }),
  z.object({ healthy: z.literal(false), problem: short }),
]);
export type DcvState = z.infer<typeof DcvState>;

export const Report = z.object({ facts: HostFacts, load: HostLoad, dcv: DcvState });
export type Report = z.infer<typeof Report>;

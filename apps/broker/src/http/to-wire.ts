import type { Host, KeyValuePair, Server as WireServer, Session as WireSession } from '@dcvsm/protocol';
import { unavailabilityReason } from '../domain/availability.js';
import type { Session } from '../domain/session.js';
import type { ServerEntry } from '../view/server-entry.js';
import type { SessionLive } from '../view/session-entry.js';

/** Domain to wire, in one place: no answer has a field that is not made here. */

/** `showsUser`: whether the caller may know that this user is logged in. */
export function toWireServer(entry: ServerEntry, showsUser: (user: string) => boolean): WireServer {
  const { facts } = entry.server;
  const reason = unavailabilityReason(entry);
  return {
    Id: entry.id,
    Ip: facts.ip,
    Hostname: facts.hostname,
    DefaultDnsName: facts.dnsName,
    Port: defaultPort(entry),
    Endpoints: toWireEndpoints(entry),
    WebUrlPath: facts.webUrlPath,
    Version: facts.dcvVersion,
    SessionManagerAgentVersion: facts.agentVersion,
    Availability: reason === null ? 'AVAILABLE' : 'UNAVAILABLE',
    ...(reason !== null && { UnavailabilityReason: reason }),
    ConsoleSessionCount: entry.consoleSessions,
    VirtualSessionCount: entry.virtualSessions,
    Host: toWireHost(entry, showsUser),
    Tags: toWireTags(entry),
  };
}

/** The reduced server inside a session; portals join on its Id. */
function toWireSessionServer(entry: ServerEntry): WireServer {
  const { facts } = entry.server;
  return {
    Id: entry.id,
    Ip: facts.ip,
    Hostname: facts.hostname,
    Port: defaultPort(entry),
    Endpoints: toWireEndpoints(entry),
    WebUrlPath: facts.webUrlPath,
    Tags: toWireTags(entry),
  };
}

export function toWireSession(
  session: Session,
  entry: ServerEntry | undefined,
  live: SessionLive | undefined,
): WireSession {
  const { wanted } = session;
  return {
    Id: session.id,
    Name: session.name,
    Owner: session.owner,
    ...(entry !== undefined && { Server: toWireSessionServer(entry) }),
    Type: session.type,
    ...(wanted?.maxConcurrentClients !== undefined && { MaxConcurrentClients: wanted.maxConcurrentClients }),
    State: session.state,
    ...(session.state === 'CREATING' && {
      Substate: session.serverId === null ? ('SESSION_PLACING' as const) : ('PENDING_PREPARATION' as const),
    }),
    ...(session.stateReason !== null && { StateReason: session.stateReason }),
    CreationTime: toIso(session.createdAtMs ?? session.requestedAtMs),
    ...(typeof live?.lastDisconnectedAtMs === 'number' && {
      LastDisconnectionTime: toIso(live.lastDisconnectedAtMs),
    }),
    NumOfConnections: live?.connections ?? 0,
    ...(session.storageRoot !== null && session.storageRoot !== '' && { StorageRoot: session.storageRoot }),
  };
}

/** As the guide prints the answer of CreateSessions: accepted, and nobody has looked for a server yet. */
export function toWireAcceptedSession(session: Session): WireSession {
  const accepted = toWireSession(session, undefined, undefined);
  return { ...accepted, State: 'CREATING', Substate: 'SESSION_PLACING' };
}

function toIso(ms: number): string {
  return new Date(ms).toISOString();
}

function toWireTags(entry: ServerEntry): KeyValuePair[] {
  return [...entry.tags].map(([Key, Value]) => ({ Key, Value }));
}

function toWireEndpoints(entry: ServerEntry): NonNullable<WireServer['Endpoints']> {
  return entry.server.facts.endpoints.map((endpoint) => ({
    IpAddress: endpoint.ipAddress,
    Port: endpoint.port,
    ...(endpoint.protocol === 'HTTP' && { WebUrlPath: endpoint.webUrlPath ?? '/' }),
    Protocol: endpoint.protocol,
  }));
}

/** Deprecated field: the port browsers connect to, as text. */
function defaultPort(entry: ServerEntry): string {
  const { endpoints } = entry.server.facts;
  const web = endpoints.find((endpoint) => endpoint.protocol === 'HTTP') ?? endpoints[0];
  return String(web?.port ?? 8443);
}

function toWireHost(entry: ServerEntry, showsUser: (user: string) => boolean): Host {
  const { facts } = entry.server;
  const { load } = entry.live;
  const { oneMinute = 0, fiveMinutes = 0, fifteenMinutes = 0 } = load?.cpuLoadAverage ?? {};
  return {
    Os: {
      Family: facts.os.family,
      Name: facts.os.name,
      Version: facts.os.version,
      ...(facts.os.kernelVersion !== undefined && { KernelVersion: facts.os.kernelVersion }),
      ...(facts.os.buildNumber !== undefined && { BuildNumber: facts.os.buildNumber }),
    },
    Memory: {
      TotalBytes: Math.round(facts.memoryTotalBytes),
      UsedBytes: Math.round(load?.memoryUsedBytes ?? 0),
    },
    Swap: { TotalBytes: Math.round(facts.swapTotalBytes), UsedBytes: Math.round(load?.swapUsedBytes ?? 0) },
    ...(facts.aws !== undefined && {
      Aws: {
        Region: facts.aws.region,
        EC2InstanceType: facts.aws.instanceType,
        EC2InstanceId: facts.aws.instanceId,
        EC2ImageId: facts.aws.imageId,
      },
    }),
    CpuInfo: {
      Vendor: facts.cpu.vendor,
      ModelName: facts.cpu.modelName,
      Architecture: facts.cpu.architecture,
      NumberOfCpus: facts.cpu.numberOfCpus,
      PhysicalCoresPerCpu: facts.cpu.physicalCoresPerCpu,
    },
    CpuLoadAverage: { OneMinute: oneMinute, FiveMinutes: fiveMinutes, FifteenMinutes: fifteenMinutes },
    Gpus: facts.gpus.map((gpu) => ({ Vendor: gpu.vendor, ModelName: gpu.modelName })),
    LoggedInUsers: (load?.loggedInUsers ?? []).filter(showsUser).map((Username) => ({ Username })),
  };
}

import { z } from 'zod';
import { limits } from './limits.js';
import { dateTime, float, int32, int64, label, text } from './scalars.js';

/** Types that several operations share (developer guide, "Data types"). All names are the wire's. */

export const KeyValuePair = z
  .strictObject({ Key: text(1024).min(1, 'must not be empty'), Value: text(4096) })
  .meta({ id: 'KeyValuePair' });
export type KeyValuePair = z.infer<typeof KeyValuePair>;

export const SessionType = z.enum(['CONSOLE', 'VIRTUAL']);
export type SessionType = z.infer<typeof SessionType>;

export const SessionState = z.enum(['CREATING', 'READY', 'DELETING', 'DELETED', 'UNKNOWN']);
export type SessionState = z.infer<typeof SessionState>;

/** SESSION_PLACING: waits for a server. PENDING_PREPARATION: bound to a server, not usable yet. */
export const SessionSubstate = z.enum(['SESSION_PLACING', 'PENDING_PREPARATION']);
export type SessionSubstate = z.infer<typeof SessionSubstate>;

export const Availability = z.enum(['AVAILABLE', 'UNAVAILABLE']);
export type Availability = z.infer<typeof Availability>;

export const UnavailabilityReason = z.enum([
  'SERVER_FULL',
  'SERVER_CLOSED',
  'UNREACHABLE_AGENT',
  'UNHEALTHY_DCV_SERVER',
  'EXISTING_LOGGED_IN_USER',
  'UNKNOWN',
]);
export type UnavailabilityReason = z.infer<typeof UnavailabilityReason>;

export const Endpoint = z
  .strictObject({
    IpAddress: z.string(),
    Port: int32(),
    /** Only for HTTP. */
    WebUrlPath: z.string().optional(),
    Protocol: z.enum(['HTTP', 'QUIC']),
  })
  .meta({ id: 'Endpoint' });
export type Endpoint = z.infer<typeof Endpoint>;

export const Os = z
  .strictObject({
    Family: z.enum(['windows', 'linux']),
    Name: z.string(),
    Version: z.string(),
    /** Linux only. */
    KernelVersion: z.string().optional(),
    /** Windows only. */
    BuildNumber: z.string().optional(),
  })
  .meta({ id: 'Os' });

export const Memory = z.strictObject({ TotalBytes: int64(), UsedBytes: int64() }).meta({ id: 'Memory' });
export const Swap = z.strictObject({ TotalBytes: int64(), UsedBytes: int64() }).meta({ id: 'Swap' });

/** Spelt `EC2…` in answers; requirements spell the same properties `Ec2…`. */
export const Aws = z
  .strictObject({
    Region: z.string(),
    EC2InstanceType: z.string(),
    EC2InstanceId: z.string(),
    EC2ImageId: z.string(),
  })
  .meta({ id: 'Aws' });

export const CpuInfo = z
  .strictObject({
    Vendor: z.string(),
    ModelName: z.string(),
    Architecture: z.string(),
    NumberOfCpus: int32(),
    PhysicalCoresPerCpu: int32(),
  })
  .meta({ id: 'CpuInfo' });

export const CpuLoadAverage = z
  .strictObject({ OneMinute: float(), FiveMinutes: float(), FifteenMinutes: float() })
  .meta({ id: 'CpuLoadAverage' });

export const Gpu = z.strictObject({ Vendor: z.string(), ModelName: z.string() }).meta({ id: 'Gpu' });
export const LoggedInUser = z.strictObject({ Username: z.string() }).meta({ id: 'LoggedInUser' });

export const Host = z
  .strictObject({
    Os,
    Memory,
    Swap,
    /** Only on EC2. */
    Aws: Aws.optional(),
    CpuInfo,
    CpuLoadAverage,
    Gpus: z.array(Gpu),
    LoggedInUsers: z.array(LoggedInUser),
  })
  .meta({ id: 'Host' });
export type Host = z.infer<typeof Host>;

export const Server = z
  .strictObject({
    Id: z.string().optional(),
    Ip: z.string().optional(),
    Hostname: z.string().optional(),
    DefaultDnsName: z.string().optional(),
    /** Deprecated, and a string; `Endpoints` has integers. */
    Port: z.string().optional(),
    Endpoints: z.array(Endpoint).optional(),
    WebUrlPath: z.string().optional(),
    Version: z.string().optional(),
    SessionManagerAgentVersion: z.string().optional(),
    Availability: Availability.optional(),
    /** Absent, never empty, while the server is available. */
    UnavailabilityReason: UnavailabilityReason.optional(),
    ConsoleSessionCount: int32().optional(),
    VirtualSessionCount: int32().optional(),
    Host: Host.optional(),
    Tags: z.array(KeyValuePair).optional(),
  })
  .meta({ id: 'Server' });
/** Every field is optional in the description, since a session carries a reduced server. */
export type Server = z.infer<typeof Server>;

export const Session = z
  .strictObject({
    Id: z.string(),
    Name: z.string(),
    Owner: z.string(),
    Server: Server.optional(),
    Type: SessionType,
    MaxConcurrentClients: int64().optional(),
    State: SessionState,
    Substate: SessionSubstate.optional(),
    StateReason: z.string().optional(),
    CreationTime: dateTime().optional(),
    LastDisconnectionTime: dateTime().optional(),
    NumOfConnections: int64().optional(),
    StorageRoot: z.string().optional(),
  })
  .meta({ id: 'Session' });
export type Session = z.infer<typeof Session>;

export const SessionId = label(limits.sessionIdCharacters);
export const ServerId = text(limits.serverIdCharacters).min(1, 'must not be empty');
export const Owner = label(limits.ownerCharacters);

/** Every 200 answer carries the id under which the broker logged the request. */
export const RequestId = z.string();

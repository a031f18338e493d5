import type { RequirementSubject, ServerProperty } from '@dcvsm/requirements';
import type { Candidate } from '../domain/placement.js';
import type { Gate, Server, ServerLive } from '../domain/server.js';
import { occupiesServer, type Session } from '../domain/session.js';
import { allTags } from '../domain/tags.js';

const UNKNOWN_YET: ServerLive = {
  linkEpoch: null,
  unreachableSinceMs: null,
  load: null,
  dcvProblem: null,
};

/**
 * A server with everything that placement and reads ask about, counted as sessions come and go. Only the view
 * changes it; to everyone else it is a Candidate or a read.
 */
export class ServerEntry implements Candidate, RequirementSubject {
  #server: Server;
  #live: ServerLive = UNKNOWN_YET;
  #tags: ReadonlyMap<string, string>;
  readonly #virtualByOwner = new Map<string, number>();
  #consoleSessions = 0;
  #virtualSessions = 0;
  /** Reservations on their way to the store. */
  #holds = 0;

  readonly #onChange: (entry: ServerEntry) => void;

  /** `onChange` hears of everything that could change where sessions are placed. */
  constructor(server: Server, onChange: (entry: ServerEntry) => void = () => undefined) {
    this.#server = server;
    this.#onChange = onChange;
    this.#tags = allTags(server.facts);
  }

  get server(): Server {
    return this.#server;
  }

  get live(): ServerLive {
    return this.#live;
  }

  get tags(): ReadonlyMap<string, string> {
    return this.#tags;
  }

  get id(): string {
    return this.#server.id;
  }

  get gate(): Gate {
    return this.#server.gate;
  }

  get reachable(): boolean {
    return this.#live.linkEpoch !== null;
  }

  get dcvProblem(): string | null {
    return this.#live.dcvProblem;
  }

  get osFamily(): 'windows' | 'linux' {
    return this.#server.facts.os.family;
  }

  get loggedInUsers(): number {
    return this.#live.load?.loggedInUsers.length ?? 0;
  }

  get consoleSessions(): number {
    return this.#consoleSessions;
  }

  get virtualSessions(): number {
    return this.#virtualSessions;
  }

  get maxVirtualSessions(): number {
    return this.#server.facts.limits.maxVirtualSessions;
  }

  get maxVirtualSessionsPerUser(): number {
    return this.#server.facts.limits.maxVirtualSessionsPerUser;
  }

  get loadPerCpu(): number {
    const load = this.#live.load?.cpuLoadAverage.oneMinute ?? 0;
    return load / Math.max(1, this.#server.facts.cpu.numberOfCpus);
  }

  get memoryUse(): number {
    const totalBytes = this.#server.facts.memoryTotalBytes;
    return totalBytes > 0 ? (this.#live.load?.memoryUsedBytes ?? 0) / totalBytes : 0;
  }

  get subject(): RequirementSubject {
    return this;
  }

  virtualSessionsOf(owner: string): number {
    return this.#virtualByOwner.get(owner) ?? 0;
  }

  tag(key: string): string | undefined {
    return this.#tags.get(key);
  }

  property(property: ServerProperty): string | number | undefined {
    return readProperty[property](this.#server, this.#live);
  }

  /** The placement version that the next reservation will find, if those on their way succeed. */
  get nextPlacementVersion(): number {
    return this.#server.placementVersion + this.#holds;
  }

  setServer(server: Server): void {
    if (server.facts !== this.#server.facts) this.#tags = allTags(server.facts);
    this.#server = server;
    this.#onChange(this);
  }

  setLive(live: ServerLive): void {
    this.#live = live;
    this.#onChange(this);
  }

  /** A reservation is on its way to the store: its room is taken already. */
  hold(session: Session): void {
    this.#holds += 1;
    this.count(session, 1);
  }

  /** The reservation came back, one way or the other. */
  endHold(session: Session): void {
    this.#holds -= 1;
    this.count(session, -1);
  }

  count(session: Session, by: 1 | -1): void {
    if (!occupiesServer(session)) return;
    this.#onChange(this);
    if (session.type === 'CONSOLE') {
      this.#consoleSessions += by;
      return;
    }
    this.#virtualSessions += by;
    const ofOwner = this.virtualSessionsOf(session.owner) + by;
    if (ofOwner === 0) this.#virtualByOwner.delete(session.owner);
    else this.#virtualByOwner.set(session.owner, ofOwner);
  }
}

type ReadProperty = (server: Server, live: ServerLive) => string | number | undefined;

const readProperty: Readonly<Record<ServerProperty, ReadProperty>> = {
  Id: (server) => server.id,
  Hostname: ({ facts }) => facts.hostname,
  Version: ({ facts }) => facts.dcvVersion,
  SessionManagerAgentVersion: ({ facts }) => facts.agentVersion,
  'Host.Os.BuildNumber': ({ facts }) => facts.os.buildNumber,
  'Host.Os.Family': ({ facts }) => facts.os.family,
  'Host.Os.KernelVersion': ({ facts }) => facts.os.kernelVersion,
  'Host.Os.Name': ({ facts }) => facts.os.name,
  'Host.Os.Version': ({ facts }) => facts.os.version,
  'Host.Memory.TotalBytes': ({ facts }) => facts.memoryTotalBytes,
  'Host.Memory.UsedBytes': (_, live) => live.load?.memoryUsedBytes,
  'Host.Swap.TotalBytes': ({ facts }) => facts.swapTotalBytes,
  'Host.Swap.UsedBytes': (_, live) => live.load?.swapUsedBytes,
  'Host.CpuLoadAverage.OneMinute': (_, live) => live.load?.cpuLoadAverage.oneMinute,
  'Host.CpuLoadAverage.FiveMinutes': (_, live) => live.load?.cpuLoadAverage.fiveMinutes,
  'Host.CpuLoadAverage.FifteenMinutes': (_, live) => live.load?.cpuLoadAverage.fifteenMinutes,
  'Host.Aws.Ec2InstanceId': ({ facts }) => facts.aws?.instanceId,
  'Host.Aws.Ec2InstanceType': ({ facts }) => facts.aws?.instanceType,
  'Host.Aws.Region': ({ facts }) => facts.aws?.region,
  'Host.Aws.Ec2ImageId': ({ facts }) => facts.aws?.imageId,
  'Host.CpuInfo.Architecture': ({ facts }) => facts.cpu.architecture,
  'Host.CpuInfo.ModelName': ({ facts }) => facts.cpu.modelName,
  'Host.CpuInfo.NumberOfCpus': ({ facts }) => facts.cpu.numberOfCpus,
  'Host.CpuInfo.PhysicalCoresPerCpu': ({ facts }) => facts.cpu.physicalCoresPerCpu,
  'Host.CpuInfo.Vendor': ({ facts }) => facts.cpu.vendor,
};

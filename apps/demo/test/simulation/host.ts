import type { NetworkInterfaceInfo } from 'node:os';
import type { Ids, Log } from '@dcvsm/runtime';
import { countedIds, hostFacts, hostLoad } from '@dcvsm/testkit';
import { runAgent, type Agent } from '../../../agent/src/agent.js';
import type { AgentConfig } from '../../../agent/src/config/agent-config.js';
import { identityFor, type Identity } from '../../../agent/src/identity.js';
import { Connection } from '../../../agent/src/link/connection.js';
import type { Machine } from '../../../agent/src/machine.js';
import type { SessionFiles } from '../../../agent/src/work/session-files.js';
import { sessionPaths } from '../../../agent/src/work/session-files.js';
import { SimMembership, type HostCredentials } from './membership.js';
import { DcvServer } from './dcv-server.js';
import { ProcessClock, type Computer } from './computer.js';
import type { Network } from './network.js';
import type { Route, SimSocket } from './sockets.js';
import type { Dice } from './world.js';

/** What a host keeps on its disk while agents come and go. */
export interface HostDisk {
  identity: Identity | null;
  credentials: HostCredentials | null;
  /** By the folder of their session. */
  readonly sessionFiles: Map<string, string>;
}

export interface HostOptions {
  readonly computer: Computer;
  readonly index: number;
  readonly dice: Dice;
  readonly network: Network;
  readonly limits: AgentConfig['limits'];
  readonly log: (isDead: () => boolean) => Log;
}

/** A simulated host: its DCV server and disk, and the real agent, which can be killed and started again. */
export class Host {
  readonly dcv: DcvServer;
  readonly disk: HostDisk = { identity: null, credentials: null, sessionFiles: new Map() };
  readonly route: Route;
  readonly sockets = new Set<SimSocket>();
  readonly #options: HostOptions;
  hostname: string;
  /** Changes with upgrades. */
  dcvVersion = 1;
  /** Server ids that it had before it was renamed. */
  readonly formerIds: string[] = [];
  readonly #identityIds: Ids;
  #clock: ProcessClock | null = null;
  #agent: Agent | null = null;
  #starts = 0;
  #downSinceMs = 0;

  constructor(options: HostOptions) {
    this.#options = options;
    this.#identityIds = countedIds(0x400 + options.index);
    this.dcv = new DcvServer(options.computer, options.dice);
    this.route = options.network.routeOf(options.computer.name);
    this.hostname = options.computer.name;
  }

  get name(): string {
    return this.#options.computer.name;
  }

  get limits(): AgentConfig['limits'] {
    return this.#options.limits;
  }

  get computer(): Computer {
    return this.#options.computer;
  }

  /** How many agents there have been here. */
  get starts(): number {
    return this.#starts;
  }

  /** How long nobody can have heard of the agent. */
  get unheardForMs(): number {
    const downForMs = this.#clock === null ? this.computer.world.nowMs - this.#downSinceMs : 0;
    return Math.max(downForMs, this.route.hasHungForMs);
  }

  get isAgentUp(): boolean {
    return this.#clock !== null;
  }

  get serverId(): string | null {
    return this.disk.identity?.serverId ?? null;
  }

  startAgent(): void {
    if (this.#clock !== null) return;
    const { computer, index, dice, limits } = this.#options;
    const clock = new ProcessClock(computer);
    this.#clock = clock;
    this.#starts += 1;
    this.#agent = runAgent(
      {
        config: agentConfig(limits),
        clock,
        ids: countedIds(0x800 + index * 64 + (this.#starts % 64)),
        random: dice,
        log: this.#options.log(() => clock.isDead),
        network: () => ({ hostname: this.hostname, interfaces: interfacesOf(index) }),
      },
      this.#machine(clock),
    );
  }

  /** As on SIGTERM. Resolves when the program would end by itself. */
  async stopAgent(): Promise<void> {
    await this.#agent?.stop();
  }

  freezeAgent(ms: number): void {
    this.#clock?.freeze(ms);
  }

  killAgent(silently: boolean): void {
    if (this.#clock !== null) this.#clock.isDead = true;
    this.#downSinceMs = this.computer.world.nowMs;
    this.#clock = null;
    this.#agent = null;
    for (const socket of this.sockets) socket.die(silently);
    this.sockets.clear();
  }

  #machine(clock: ProcessClock): Machine {
    const { disk, dcv } = this;
    const { network, limits, index, dice } = this.#options;
    return {
      runDcv: (run) => dcv.run(run, clock),
      host: () => ({
        facts: async ({ hostname, ip }) =>
          hostFacts({
            hostname,
            ip,
            dcvVersion: `2025.0.${this.dcvVersion}`,
            limits,
            tags: [{ key: 'rack', value: `r${index % 2}` }],
          }),
        load: async () =>
          hostLoad({ cpuLoadAverage: { oneMinute: dice.below(4), fiveMinutes: 1, fifteenMinutes: 1 } }),
        dcvCameBack: () => undefined,
      }),
      identity: {
        observe: async (names) => {
          const before = disk.identity;
          const identity = identityFor(before, names, () => this.#identityIds.uuid());
          if (before !== null && identity.serverId !== before.serverId) this.formerIds.push(before.serverId);
          disk.identity = identity;
          return { identity, changed: before !== null && before.serverId !== identity.serverId };
        },
        welcomed: async (serverId) => {
          if (disk.identity?.serverId === serverId)
            disk.identity = { ...disk.identity, previousServerIds: [] };
        },
      },
      membership: () =>
        new SimMembership({
          disk,
          clock,
          name: this.name,
          ask: (question) => network.ask(this, clock, question),
        }),
      openConnection: async ({ token, signal }, events) => {
        const socket = await network.connect(this, clock, token, signal);
        return new Connection(socket.asWebSocket, events);
      },
      files: filesOn(disk),
    };
  }
}

const DATA_FOLDER = '/data';

function filesOn({ sessionFiles }: HostDisk): SessionFiles {
  const folderOf = (sessionId: string): string => sessionPaths(DATA_FOLDER, sessionId).folder;
  return {
    write: async (path, content) => {
      sessionFiles.set(path.slice(0, path.lastIndexOf('/')), String(content));
    },
    forget: async (sessionId) => void sessionFiles.delete(folderOf(sessionId)),
    sweep: async (alive) => {
      const kept = new Set(alive().map(folderOf));
      for (const folder of sessionFiles.keys()) if (!kept.has(folder)) sessionFiles.delete(folder);
      return 0;
    },
  };
}

function agentConfig(limits: AgentConfig['limits']): AgentConfig {
  return {
    platform: 'linux',
    broker: {
      host: 'broker',
      port: 8445,
      caFile: undefined,
      tlsStrict: true,
      certFile: undefined,
      keyFile: undefined,
    },
    statement: { file: '/statement', isConfigured: false },
    initFolder: '/init',
    autorunFolder: '/autorun',
    tagsFolder: '/tags',
    dataFolder: DATA_FOLDER,
    limits,
    reportIntervalMs: 30_000,
    queriesLoggedInUsers: false,
    preferredNetworkInterface: undefined,
    dcv: {
      command: '/dcv',
      timeoutMs: 15_000,
      createTimeoutMs: 30_000,
      maxConcurrentCreations: 2,
      defaultInit: undefined,
    },
    log: { level: 'info', directory: '/log', rotation: 'daily', maxFileBytes: 1, keptFiles: 1 },
  };
}

function interfacesOf(index: number): Record<string, NetworkInterfaceInfo[]> {
  const address = `10.0.0.${index + 1}`;
  const mac = `02:00:00:00:00:0${index + 1}`;
  return {
    eth0: [
      { address, mac, netmask: '255.255.255.0', family: 'IPv4', internal: false, cidr: `${address}/24` },
    ],
  };
}

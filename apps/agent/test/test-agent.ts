import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from '@dcvsm/protocol';
import { createLog, systemClock, type Clock } from '@dcvsm/runtime';
import { countedIds, seededRandom } from '@dcvsm/testkit';
import { startAgent, type Agent } from '../src/agent.js';
import type { AgentConfig } from '../src/config/agent-config.js';
import type { Interfaces } from '../src/report/network.js';
import { TLS_FOLDER } from './test-broker.js';

/** The system's clock, which a test can put forward as if time had passed unnoticed. */
export class ShiftedClock implements Clock {
  readonly #system = systemClock();
  wallMs = 0;
  monotonicShiftMs = 0;

  now(): number {
    return this.#system.now() + this.wallMs;
  }
  monotonicMs(): number {
    return this.#system.monotonicMs() + this.monotonicShiftMs;
  }
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return this.#system.sleep(ms, signal);
  }
  after(ms: number, action: () => void | Promise<void>): ReturnType<Clock['after']> {
    return this.#system.after(ms, action);
  }
}

/** A host in a folder of its own, with the stand-in of the dcv command. */
export class TestHost {
  readonly folder = mkdtempSync(join(tmpdir(), 'agent-host-'));
  readonly clock = new ShiftedClock();
  readonly logLines: string[] = [];
  hostname = 'workstation-1';
  interfaces: Interfaces = interfaceOf('10.1.2.3');
  #agent: Agent | null = null;

  constructor() {
    for (const name of ['dcv/sessions', 'init', 'autorun', 'tags'])
      mkdirSync(join(this.folder, name), { recursive: true, mode: 0o755 });
  }

  async start(port: number): Promise<void> {
    const log = createLog({
      name: 'agent',
      level: 'debug',
      destination: { write: (line) => this.logLines.push(line) },
    });
    this.#agent = await startAgent({
      config: this.config(port),
      clock: this.clock,
      ids: countedIds(),
      random: seededRandom(1),
      log,
      environment: { PATH: '/usr/bin:/bin', HOME: this.folder },
      reconnect: { firstMs: 20, longestMs: 100 },
      network: () => ({ hostname: this.hostname, interfaces: this.interfaces }),
    });
  }

  async stop(): Promise<void> {
    await this.#agent?.stop();
    this.#agent = null;
  }

  async dispose(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  config(port: number): AgentConfig {
    return {
      platform: 'linux',
      broker: {
        host: 'localhost',
        port,
        caFile: join(TLS_FOLDER, 'cert.pem'),
        tlsStrict: true,
        certFile: undefined,
        keyFile: undefined,
      },
      statement: { file: join(this.folder, 'default-software-statement'), isConfigured: false },
      initFolder: join(this.folder, 'init'),
      autorunFolder: join(this.folder, 'autorun'),
      tagsFolder: join(this.folder, 'tags'),
      dataFolder: join(this.folder, 'data'),
      limits: { maxVirtualSessions: 4, maxVirtualSessionsPerUser: 1 },
      reportIntervalMs: 3_600_000,
      queriesLoggedInUsers: true,
      preferredNetworkInterface: undefined,
      dcv: {
        command: join(__dirname, 'fixtures', 'dcv'),
        timeoutMs: 20_000,
        createTimeoutMs: 20_000,
        maxConcurrentCreations: 4,
        defaultInit: '/bin/true',
      },
      log: {
        level: 'debug',
        directory: this.folder,
        rotation: 'daily',
        maxFileBytes: 1_000_000,
        keptFiles: 2,
      },
    };
  }

  /** Tells the stand-in how to behave. */
  set(name: string, content = ''): void {
    writeFileSync(join(this.folder, 'dcv', name), content);
  }

  unset(name: string): void {
    rmSync(join(this.folder, 'dcv', name), { force: true });
  }

  has(name: string): boolean {
    return existsSync(join(this.folder, 'dcv', name));
  }

  /** Command lines that the stand-in was given for an operation. */
  calls(operation: string): readonly string[] {
    if (!this.has('calls')) return [];
    const lines = readFileSync(join(this.folder, 'dcv', 'calls'), 'utf8').split('\n');
    return lines.filter((line) => line.startsWith(operation));
  }

  get sessions(): readonly string[] {
    return readdirSync(join(this.folder, 'dcv', 'sessions'));
  }

  /** Names of the folders in which the agent keeps files of sessions. */
  get sessionFolders(): readonly string[] {
    const root = join(this.folder, 'data', 'sessions');
    return existsSync(root) ? readdirSync(root) : [];
  }

  addSession(id: string): void {
    writeFileSync(join(this.folder, 'dcv', 'sessions', id), "name='made here' owner='bob' type='virtual'\n");
  }
}

export function interfaceOf(address: string, mac = '02:00:00:00:00:01'): Interfaces {
  return {
    eth0: [
      { address, mac, netmask: '255.255.255.0', family: 'IPv4', internal: false, cidr: `${address}/24` },
    ],
  };
}

export function create(sessionId: string, more: Partial<Command & { kind: 'create-session' }> = {}): Command {
  return { kind: 'create-session', sessionId, name: 'my session', owner: 'alice', type: 'VIRTUAL', ...more };
}

/** Resolves as soon as `condition` holds; jest's own limit ends it if that never happens. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

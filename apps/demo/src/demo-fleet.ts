import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createClient, type DcvsmClient } from '@dcvsm/client';
import { fetchTrusting } from '@dcvsm/client/node';
import type { Clock } from '@dcvsm/runtime';
import { z } from 'zod';
import { Child } from './child.js';
import { readConnection, writeCliConfig, writeConnection, type Connection } from './connection-file.js';
import { freePort } from './free-port.js';
import { layOutHost, type HostFiles } from './host-files.js';
import type { Programs } from './programs.js';

export interface DemoOptions {
  readonly programs: Programs;
  /** Everything the demo keeps is below it. */
  readonly stateDir: string;
  readonly clientPort?: number | undefined;
  readonly agentPort?: number | undefined;
  /** Lines for the broker's properties file besides the demo's own. */
  readonly properties?: readonly string[];
  readonly clock: Clock;
  /** Told what happens next, for people who wait. */
  readonly progress: (what: string) => void;
}

const START_TIMEOUT_MS = 30_000;
const HOSTS = [
  { name: 'host-1', tags: { color: 'pink', team: 'design' } },
  { name: 'host-2', tags: { color: 'blue', team: 'engineering' } },
] as const;
const SESSIONS_PER_HOST = 10;

interface Host {
  readonly name: string;
  readonly files: HostFiles;
  readonly desktop: Child;
  readonly agent: Child;
}

/** A whole fleet of processes on the loopback: a broker, two agents, and a stand-in DCV server for each. */
export class DemoFleet {
  readonly #options: DemoOptions;
  readonly #children: Child[] = [];
  readonly #hosts = new Map<string, Host>();
  #broker: Child | null = null;
  #connection: Connection | null = null;
  #closeFetch: () => Promise<void> = () => Promise.resolve();
  #client: DcvsmClient | null = null;
  #isStopping = false;

  constructor(options: DemoOptions) {
    this.#options = options;
  }

  /** Resolves when both servers take sessions. @rejects with what the failing part said last; nothing is left running. */
  async start(): Promise<Connection> {
    try {
      return await this.#start();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  get connection(): Connection {
    if (this.#connection === null) throw new Error('the demo has not started');
    return this.#connection;
  }

  get client(): DcvsmClient {
    if (this.#client === null) throw new Error('the demo has not started');
    return this.#client;
  }

  get broker(): Child {
    if (this.#broker === null) throw new Error('the demo has not started');
    return this.#broker;
  }

  host(name: 'host-1' | 'host-2'): Host {
    const host = this.#hosts.get(name);
    if (host === undefined) throw new Error(`${name} has not started`);
    return host;
  }

  get brokerConfig(): string {
    return join(this.#options.stateDir, 'broker.properties');
  }

  /** Resolves with the name of a part that ended without being told to. */
  async partEnded(): Promise<string> {
    const ended = await Promise.race(this.#children.map((child) => child.exited.then(() => child)));
    if (this.#isStopping) return new Promise(() => undefined);
    return `${ended.name} ended by itself:\n${ended.lastWords}`;
  }

  /** Starts the broker (again), on the same ports and files. */
  async startBroker(): Promise<void> {
    const { programs, clock, stateDir } = this.#options;
    const child = this.#spawn(
      'broker',
      [programs.broker, 'serve', '--config', this.brokerConfig],
      join(stateDir, 'broker.log'),
    );
    this.#broker = child;
    await child.line(clock, START_TIMEOUT_MS, (line) => (line.includes('broker is ready') ? line : null));
  }

  /** Starts the agent of a host (again), on the same files. */
  async startAgent(name: 'host-1' | 'host-2'): Promise<void> {
    const host = this.host(name);
    this.#hosts.set(name, { ...host, agent: this.#spawnAgent(name, host.files) });
  }

  /** Starts the DCV server of a host (again); its sessions are new. */
  async startDesktop(name: 'host-1' | 'host-2'): Promise<void> {
    const host = this.host(name);
    this.#hosts.set(name, { ...host, desktop: await this.#spawnDesktop(name, host.files) });
  }

  /** Agents first, so that nobody creates anything while the rest goes. Safe to call at any time, also twice. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#closeFetch();
    const { clock } = this.#options;
    const part = (prefix: string): Child[] => this.#children.filter((child) => child.name.startsWith(prefix));
    for (const prefix of ['agent', 'desktop', 'broker']) {
      await Promise.all(part(prefix).map((child) => child.stop(clock)));
    }
  }

  async #start(): Promise<Connection> {
    const { stateDir, progress } = this.#options;
    await mkdir(stateDir, { recursive: true, mode: 0o755 });
    const connectionFile = join(stateDir, 'connection.json');
    const before = await readConnection(connectionFile);
    const ports = await this.#choosePorts(before);
    await this.#writeBrokerConfig(ports);
    progress('starting the broker');
    await this.startBroker();
    const caFile = join(stateDir, 'broker', 'security', 'dcvsmbroker_ca.pem');
    const url = `https://127.0.0.1:${ports.client}`;
    const agentUrl = `https://127.0.0.1:${ports.agent}`;
    const credentials = await this.#credentials(before);
    const { fetch, close } = fetchTrusting(await readFile(caFile, 'utf8'));
    this.#closeFetch = close;
    this.#client = createClient({ url, credentials, fetch });
    for (const { name, tags } of HOSTS) await this.#startHost(name, tags, ports.agent, caFile);
    progress('waiting for the servers to take sessions');
    const serverIds = await this.#availableServers();
    this.#connection = { url, caFile, ...credentials, agentUrl, serverIds };
    await writeConnection(connectionFile, this.#connection);
    await writeCliConfig(join(stateDir, 'dcvsmcli.conf'), this.#connection);
    return this.#connection;
  }

  /** The ports of the last time if they are free: what somebody noted down goes on working. */
  async #choosePorts(before: Connection | null): Promise<{ client: number; agent: number }> {
    const { clientPort, agentPort } = this.#options;
    const earlier = (url: string | undefined): number | undefined =>
      url === undefined ? undefined : Number(new URL(url).port);
    return {
      client: clientPort ?? (await freePort(earlier(before?.url))),
      agent: agentPort ?? (await freePort(earlier(before?.agentUrl))),
    };
  }

  async #writeBrokerConfig(ports: { client: number; agent: number }): Promise<void> {
    const lines = [
      `session-manager-working-path = ${join(this.#options.stateDir, 'broker')}`,
      `client-to-broker-connector-https-port = ${ports.client}`,
      'client-to-broker-connector-bind-host = 127.0.0.1',
      `agent-to-broker-connector-https-port = ${ports.agent}`,
      'agent-to-broker-connector-bind-host = 127.0.0.1',
      ...(this.#options.properties ?? []),
    ];
    await writeFile(this.brokerConfig, `${lines.join('\n')}\n`, { mode: 0o600 });
    await chmod(this.brokerConfig, 0o600);
  }

  /** The API client of the last time if the broker still knows it, else a new one. */
  async #credentials(before: Connection | null): Promise<{ clientId: string; clientPassword: string }> {
    const known = await this.#runBroker('describe-api-clients');
    if (before !== null && known.includes(before.clientId)) {
      return { clientId: before.clientId, clientPassword: before.clientPassword };
    }
    const name = `demo-${known.split('"name"').length}`;
    const printed = await this.#runBroker('register-api-client', '--client-name', name);
    const value = (label: string): string => new RegExp(`${label}: (\\S+)`).exec(printed)?.[1] ?? '';
    return { clientId: value('client-id'), clientPassword: value('client-password') };
  }

  /** Lets one agent register, soon, and lets its host claim no tags but these. */
  async #softwareStatement(name: string, tags: Readonly<Record<string, string>>): Promise<string> {
    const terms = ['--name', name, '--max-uses', '1', '--expires-in-hours', '1'];
    const claimable = Object.entries(tags).flatMap(([key, value]) => ['--tag', `${key}=${value}`]);
    const printed = await this.#runBroker('generate-software-statement', ...terms, ...claimable);
    return /software-statement: (\S+)/.exec(printed)?.[1] ?? '';
  }

  async #runBroker(...args: readonly string[]): Promise<string> {
    const command = [this.#options.programs.broker, ...args, '--config', this.brokerConfig];
    return (await promisify(execFile)(process.execPath, command)).stdout;
  }

  async #startHost(
    name: string,
    tags: Readonly<Record<string, string>>,
    agentPort: number,
    caFile: string,
  ): Promise<void> {
    this.#options.progress(`starting the DCV server and the agent of ${name}`);
    const softwareStatement = await this.#softwareStatement(name, tags);
    const files = await layOutHost({
      folder: join(this.#options.stateDir, name),
      agentPort,
      caFile,
      softwareStatement,
      tags,
      maxVirtualSessions: SESSIONS_PER_HOST,
      reportIntervalSeconds: 5,
    });
    const desktop = await this.#spawnDesktop(name, files);
    this.#hosts.set(name, { name, files, desktop, agent: this.#spawnAgent(name, files) });
  }

  async #spawnDesktop(name: string, files: HostFiles): Promise<Child> {
    const { programs, clock, stateDir } = this.#options;
    const agentPort = await this.#agentPort();
    const command = [
      programs.desktop,
      ...['server', '--state-dir', files.desktopFolder, '--hostname-tag', name],
      ...['--verifier-url', `https://127.0.0.1:${agentPort}/agent/validate-authentication-token`],
      ...['--verifier-ca', join(stateDir, 'broker', 'security', 'dcvsmbroker_ca.pem')],
    ];
    const child = this.#spawn(`desktop of ${name}`, command, join(stateDir, `${name}-dcv.log`));
    await child.line(clock, START_TIMEOUT_MS, (line) => (isReadyLine(line) ? line : null));
    return child;
  }

  #spawnAgent(name: string, files: HostFiles): Child {
    const { programs, stateDir } = this.#options;
    const command = [programs.agent, '--config', files.agentConf];
    return this.#spawn(`agent of ${name}`, command, join(stateDir, `${name}-agent.log`));
  }

  async #agentPort(): Promise<number> {
    const text = await readFile(this.brokerConfig, 'utf8');
    return Number(/agent-to-broker-connector-https-port = (\d+)/.exec(text)?.[1]);
  }

  #spawn(name: string, command: readonly string[], logFile: string): Child {
    const child = new Child({ name, command, logFile });
    this.#children.push(child);
    return child;
  }

  async #availableServers(): Promise<string[]> {
    const { clock } = this.#options;
    const untilMs = clock.monotonicMs() + START_TIMEOUT_MS;
    for (;;) {
      const { Servers } = await this.client.describeServers({});
      const available = Servers.filter(({ Availability }) => Availability === 'AVAILABLE');
      if (available.length >= HOSTS.length)
        return available.flatMap(({ Id }) => (Id === undefined ? [] : [Id]));
      const dead = this.#children.find((child) => child.isGone);
      if (dead !== undefined) throw new Error(`${dead.name} ended at its start:\n${dead.lastWords}`);
      if (clock.monotonicMs() > untilMs) {
        throw new Error(
          `only ${available.length} of ${HOSTS.length} servers are available; see ${this.#options.stateDir}/*.log`,
        );
      }
      await clock.sleep(100);
    }
  }
}

const ReadyLine = z.object({ event: z.literal('ready') });

function isReadyLine(line: string): boolean {
  if (!line.startsWith('{')) return false;
  try {
    return ReadyLine.safeParse(JSON.parse(line)).success;
  } catch {
    return false;
  }
}

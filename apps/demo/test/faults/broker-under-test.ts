import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createSecureContext, type SecureContext } from 'node:tls';
import { createClient, type DcvsmClient } from '@dcvsm/client';
import { fetchTrusting } from '@dcvsm/client/node';
import type { Server, Session } from '@dcvsm/protocol';
import { systemClock } from '@dcvsm/runtime';
import { adminSocketPath } from '../../../broker/src/admin/admin-socket.js';
import { registerApiClient } from '../../../broker/src/admin/api-client-commands.js';
import { Child } from '../../src/child.js';
import { freePort } from '../../src/free-port.js';

const PROGRAM = resolve(__dirname, '../../../broker/dist/main.js');
const START_MS = 60_000;
const clock = systemClock();

export interface BrokerOptions {
  readonly properties?: readonly string[];
  /** An existing folder for its state; absent: one in the broker's own folder, which is removed at the end. */
  readonly workingPath?: string;
}

/** The built broker with its durable store, on ports that it keeps when it is killed and started again. */
export class BrokerUnderTest implements AsyncDisposable {
  #child: Child;
  readonly #closers: (() => Promise<void>)[] = [];

  private constructor(
    child: Child,
    readonly folder: string,
    readonly clientPort: number,
    readonly agentPort: number,
    /** PEM. */
    readonly ca: string,
    readonly credentials: { readonly clientId: string; readonly clientPassword: string },
  ) {
    this.#child = child;
    this.client = this.anotherClient();
    this.secureContext = createSecureContext({ ca });
  }

  readonly client: DcvsmClient;
  /** Shared by all simulated hosts, which saves reading the certificate thousands of times. */
  readonly secureContext: SecureContext;

  static async start({ properties = [], workingPath }: BrokerOptions = {}): Promise<BrokerUnderTest> {
    const folder = mkdtempSync(join(tmpdir(), 'dcvsm-faults-'));
    const work = workingPath ?? join(folder, 'work');
    mkdirSync(work, { recursive: true, mode: 0o700 });
    const ports = { client: await freePort(undefined), agent: await freePort(undefined) };
    const lines = [...defaults(work, ports), ...properties, ''];
    writeFileSync(join(folder, 'broker.properties'), lines.join('\n'), { mode: 0o600 });
    const { child, caFile } = await spawnBroker(folder);
    const printed = await registerApiClient(adminSocketPath(work), 'faults');
    const [, clientId = '', clientPassword = ''] =
      /client-id: (\S+)\s+client-password: (\S+)/.exec(printed) ?? [];
    const ca = readFileSync(caFile, 'utf8');
    const credentials = { clientId, clientPassword };
    return new BrokerUnderTest(child, folder, ports.client, ports.agent, ca, credentials);
  }

  get child(): Child {
    return this.#child;
  }

  /** With connections and a token of its own. */
  anotherClient(): DcvsmClient {
    const { fetch, close } = fetchTrusting(this.ca);
    this.#closers.push(close);
    const { credentials } = this;
    return createClient({ url: `https://127.0.0.1:${this.clientPort}`, credentials, fetch });
  }

  /** As the kernel ends a process: nothing is said to anybody. */
  async kill(): Promise<void> {
    this.#child.signal('SIGKILL');
    await this.#child.exited;
  }

  /** Starts it again. @returns how long it took until it was ready, in ms */
  async restart(): Promise<number> {
    const startMs = clock.monotonicMs();
    this.#child = (await spawnBroker(this.folder)).child;
    return clock.monotonicMs() - startMs;
  }

  /** All sessions that it knows. */
  async sessions(): Promise<Session[]> {
    const sessions: Session[] = [];
    for (let NextToken: string | undefined; ;) {
      const page = await this.client.describeSessions(NextToken === undefined ? {} : { NextToken });
      sessions.push(...page.Sessions);
      if (page.NextToken === undefined) return sessions;
      ({ NextToken } = page);
    }
  }

  async servers(): Promise<Server[]> {
    const servers: Server[] = [];
    for (let NextToken: string | undefined; ;) {
      const page = await this.client.describeServers(NextToken === undefined ? {} : { NextToken });
      servers.push(...page.Servers);
      if (page.NextToken === undefined) return servers;
      ({ NextToken } = page);
    }
  }

  /** Megabytes of memory that the process holds now, or held at most. */
  memory(which: 'now' | 'at most' = 'now'): number {
    const status = readFileSync(`/proc/${this.#child.pid}/status`, 'utf8');
    const line = which === 'now' ? /VmRSS:\s+(\d+) kB/ : /VmHWM:\s+(\d+) kB/;
    return Number(line.exec(status)?.[1] ?? NaN) / 1024;
  }

  /** Open files and sockets. */
  get descriptors(): number {
    return readdirSync(`/proc/${this.#child.pid}/fd`).length;
  }

  /** How many files and sockets it may open from now on. */
  limitDescriptors(most: number): void {
    const { status, stderr } = spawnSync('prlimit', [`--pid=${this.#child.pid}`, `--nofile=${most}:20000`]);
    if (status !== 0) throw new Error(`prlimit: ${String(stderr)}`);
  }

  /** Lines of its log that tell of a bug: errors that nobody foresaw. */
  get bugs(): readonly string[] {
    const log = readFileSync(join(this.folder, 'broker.log'), 'utf8');
    return log.split('\n').filter((line) => line.includes('a bug:') || line.includes('"level":60'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child.stop(clock);
    await Promise.all(this.#closers.map((close) => close()));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function spawnBroker(folder: string): Promise<{ child: Child; caFile: string }> {
  const child = new Child({
    name: 'broker',
    command: [PROGRAM, 'serve', '--config', join(folder, 'broker.properties')],
    logFile: join(folder, 'broker.log'),
  });
  const { caFile } = await child.line(clock, START_MS, (line) =>
    line.includes('broker is ready') ? (JSON.parse(line) as { caFile: string }) : null,
  );
  return { child, caFile };
}

function defaults(work: string, ports: { readonly client: number; readonly agent: number }): string[] {
  return [
    `session-manager-working-path = ${work}`,
    `client-to-broker-connector-https-port = ${ports.client}`,
    'client-to-broker-connector-bind-host = 127.0.0.1',
    `agent-to-broker-connector-https-port = ${ports.agent}`,
    'agent-to-broker-connector-bind-host = 127.0.0.1',
    // All the load here comes from one address.
    'max-api-requests-per-second = 1000000',
    'max-connections-per-address = 100000',
    // Thousands of hosts that join in a minute would meet the limit of registrations; a token is looked at once a link.
    'enable-agent-authorization = false',
  ];
}

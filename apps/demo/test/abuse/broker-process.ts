import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { connect } from 'node:tls';
import { createClient, type DcvsmClient } from '@dcvsm/client';
import { fetchTrusting } from '@dcvsm/client/node';
import { systemClock } from '@dcvsm/runtime';
import { FakeAgent } from '@dcvsm/testkit';
import { adminSocketPath } from '../../../broker/src/admin/admin-socket.js';
import { registerApiClient } from '../../../broker/src/admin/api-client-commands.js';
import { Child } from '../../src/child.js';

const PROGRAM = resolve(__dirname, '../../../broker/dist/main.js');
const START_MS = 30_000;
const CREATE_MS = 20_000;
const PATIENCE_MS = 5_000;
const MOST_BODY_BYTES = 2 * 1_048_576;
const clock = systemClock();

export interface TimedAnswer {
  /** 0: the connection was cut while a body that is too long was being sent. */
  readonly status: number;
  readonly text: string;
  readonly ms: number;
}

const CUT: TimedAnswer = { status: 0, text: '', ms: 0 };

export interface RawAnswer {
  readonly text: string;
  readonly ms: number;
  readonly isClosed: boolean;
}

export interface Outgoing {
  readonly method?: string;
  readonly body?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Ready {
  readonly clientPort: number;
  readonly agentPort: number;
  readonly caFile: string;
}

/** The built broker as a process of its own, which its attackers in this process cannot slow down by being busy. */
export class BrokerProcess implements AsyncDisposable {
  readonly #agent: Agent;
  #agents: FakeAgent[] = [];

  private constructor(
    readonly child: Child,
    readonly folder: string,
    readonly clientPort: number,
    readonly agentPort: number,
    readonly ca: string,
    readonly client: DcvsmClient,
    readonly credentials: { readonly clientId: string; readonly clientPassword: string },
    readonly token: string,
    readonly closeFetch: () => Promise<void>,
  ) {
    this.#agent = new Agent({ ca, keepAlive: true, maxSockets: 16 });
  }

  static async start(properties: readonly string[] = []): Promise<BrokerProcess> {
    const folder = mkdtempSync(join(tmpdir(), 'dcvsm-abuse-'));
    const config = join(folder, 'broker.properties');
    const work = join(folder, 'work');
    writeFileSync(config, [...defaults(work), ...properties, ''].join('\n'), { mode: 0o600 });
    const child = new Child({
      name: 'broker',
      command: [PROGRAM, 'serve', '--config', config],
      logFile: join(folder, 'broker.log'),
    });
    const { clientPort, agentPort, caFile } = await child.line(clock, START_MS, (line) =>
      line.includes('broker is ready') ? (JSON.parse(line) as Ready) : null,
    );
    const ca = readFileSync(caFile, 'utf8');
    const printed = await registerApiClient(adminSocketPath(work), 'attacker');
    const [, clientId = '', clientPassword = ''] =
      /client-id: (\S+)\s+client-password: (\S+)/.exec(printed) ?? [];
    const url = `https://127.0.0.1:${clientPort}`;
    const { fetch, close } = fetchTrusting(ca);
    const credentials = { clientId, clientPassword };
    const client = createClient({ url, credentials, fetch });
    const token = await accessToken(fetch, url, credentials);
    return new BrokerProcess(child, folder, clientPort, agentPort, ca, client, credentials, token, close);
  }

  get logLines(): readonly string[] {
    return readFileSync(join(this.folder, 'broker.log'), 'utf8').split('\n').slice(0, -1);
  }

  get auditLines(): readonly string[] {
    return readFileSync(join(this.folder, 'work/audit/audit.log'), 'utf8').split('\n').slice(0, -1);
  }

  /** Megabytes of memory that the process holds now; null where the system has no /proc. */
  get residentMegabytes(): number | null {
    if (process.platform !== 'linux') return null;
    const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? NaN) / 1024;
  }

  async agent(serverId: string): Promise<FakeAgent> {
    const agentUrl = `https://127.0.0.1:${this.agentPort}`;
    const limits = { maxVirtualSessions: -1, maxVirtualSessionsPerUser: -1 };
    const agent = new FakeAgent({ serverId, agentUrl, ca: this.ca, facts: { limits } });
    this.#agents.push(agent);
    await agent.connect();
    return agent;
  }

  /** With the token of an API client, over connections that are kept and shared. */
  async send(path: string, outgoing: Outgoing = {}): Promise<TimedAnswer> {
    for (let triesLeft = 5; ; triesLeft -= 1) {
      try {
        return await this.#sendOnce(path, outgoing);
      } catch (error) {
        // The broker refuses what is too long before all of it was sent; the answer can get lost with the connection.
        if (Buffer.byteLength(outgoing.body ?? '') <= MOST_BODY_BYTES) throw error;
        if (triesLeft === 0) return CUT;
      }
    }
  }

  #sendOnce(path: string, { method = 'POST', body, headers }: Outgoing): Promise<TimedAnswer> {
    const startMs = clock.monotonicMs();
    return new Promise((resolvePromise, reject) => {
      const outgoing = request(
        {
          host: '127.0.0.1',
          port: this.clientPort,
          agent: this.#agent,
          path,
          method,
          headers: {
            authorization: `Bearer ${this.token}`,
            'content-type': 'application/json',
            ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }),
            ...headers,
          },
        },
        (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
          incoming.once('error', reject);
          incoming.once('end', () =>
            resolvePromise({
              status: incoming.statusCode ?? 0,
              text: Buffer.concat(chunks).toString('utf8'),
              ms: clock.monotonicMs() - startMs,
            }),
          );
        },
      );
      outgoing.once('error', reject);
      outgoing.end(body);
    });
  }

  /**
   * All that comes back on a connection that is sent these bytes, as Latin-1, until the broker ends it; by itself, or
   * because our side has ended. A connection that is still open after a while is cut.
   */
  async raw(
    bytes: Uint8Array | string,
    { endsOurSide }: { readonly endsOurSide: boolean },
  ): Promise<RawAnswer> {
    const socket = connect({ host: '127.0.0.1', port: this.clientPort, ca: this.ca });
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', () => undefined);
    await once(socket, 'secureConnect');
    const startMs = clock.monotonicMs();
    const closed = new Promise((resolvePromise) => socket.once('close', resolvePromise));
    let isClosed = true;
    const timer = clock.after(PATIENCE_MS, () => {
      isClosed = false;
      socket.destroy();
    });
    socket.write(Buffer.from(bytes as string, 'latin1'));
    if (endsOurSide) socket.end();
    await closed;
    timer.cancel();
    return { text: Buffer.concat(chunks).toString('latin1'), ms: clock.monotonicMs() - startMs, isClosed };
  }

  /** Processor time in ms that the broker has used so far; null where the system has no /proc. */
  get processorMs(): number | null {
    if (process.platform !== 'linux') return null;
    const folder = `/proc/${this.child.pid}/task`;
    const threads = readdirSync(folder).map((thread) =>
      readFileSync(`${folder}/${thread}/schedstat`, 'utf8'),
    );
    return threads.reduce((sum, text) => sum + Number(text.split(' ')[0]) / 1e6, 0);
  }

  /**
   * Why the broker must be said to be harmed, or nothing: it ended, logged an error, or no longer makes sessions.
   */
  async harm(): Promise<string[]> {
    if (this.child.isGone) return [`the broker ended: ${this.child.lastWords}`];
    const problems: string[] = [];
    try {
      const agent = await this.agent(`alive-${this.#agents.length}`);
      await this.makesSession(agent);
    } catch (error) {
      problems.push(`no session can be made: ${(error as Error).message}`);
    }
    return [...problems, ...this.logLines.filter((line) => /"level":[56]0/.test(line))];
  }

  /** Resolves when a new session on that agent's server is READY. @rejects otherwise, after a while. */
  async makesSession(agent: FakeAgent): Promise<void> {
    const { SuccessfulList, UnsuccessfulList } = await this.client.createSessions([
      {
        Name: 'alive',
        Owner: 'alice',
        Type: 'VIRTUAL',
        Requirements: `server:Hostname = '${agent.serverId}'`,
      },
    ]);
    const id = SuccessfulList[0]?.Id;
    if (id === undefined) throw new Error(UnsuccessfulList[0]?.FailureReason ?? 'no answer');
    const untilMs = clock.monotonicMs() + CREATE_MS;
    let state: string | undefined;
    do {
      state = (await this.client.describeSessions({ SessionIds: [id] })).Sessions[0]?.State;
      if (state === 'READY') return;
      await clock.sleep(10);
    } while (clock.monotonicMs() < untilMs);
    throw new Error(`the session is ${state} after ${CREATE_MS} ms`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#agents.map((agent) => agent.disconnect()));
    this.#agents = [];
    this.#agent.destroy();
    await this.closeFetch();
    await this.child.stop(clock);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function defaults(work: string): string[] {
  return [
    `session-manager-working-path = ${work}`,
    'client-to-broker-connector-https-port = 0',
    'client-to-broker-connector-bind-host = 127.0.0.1',
    'agent-to-broker-connector-https-port = 0',
    'agent-to-broker-connector-bind-host = 127.0.0.1',
    // What hostile requests queue must not take the server on which the broker shows that it is alive.
    'create-sessions-queue-max-time-seconds = 0',
    // All attackers here have one address, and their requests must be looked at to do harm.
    'max-api-requests-per-second = 1000000',
    'enable-agent-authorization = false',
  ];
}

async function accessToken(
  fetch: typeof globalThis.fetch,
  url: string,
  { clientId, clientPassword }: { clientId: string; clientPassword: string },
): Promise<string> {
  const answer = await fetch(`${url}/oauth2/token?grant_type=client_credentials`, {
    method: 'POST',
    headers: { Authorization: `Basic ${Buffer.from(`${clientId}:${clientPassword}`).toString('base64')}` },
  });
  return ((await answer.json()) as { access_token: string }).access_token;
}

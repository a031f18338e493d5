import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as eventLoopTurn } from 'node:timers/promises';
import { createClient, type DcvsmClient } from '@dcvsm/client';
import { fetchTrusting } from '@dcvsm/client/node';
import type { HostFacts, Server, Session } from '@dcvsm/protocol';
import { createLog, silentLog, systemClock, systemIds, type Clock, type Ids, type Log } from '@dcvsm/runtime';
import { FakeAgent, ManualClock } from '@dcvsm/testkit';
import { startBroker, type Broker } from '../../src/broker.js';
import type { BrokerConfig } from '../../src/config/read-config.js';
import { interpretConfig } from '../../src/config/interpret-config.js';

/** Nothing here waits for real time; a busy machine may still need more than the usual five seconds. */
jest.setTimeout(30_000);

/** Agents are heard at least this often, as the default of agent-heartbeat-seconds has it. */
const HEARTBEAT_MS = 10_000;
/** Half the life of an agent's token. */
const RENEWAL_MS = 30 * 60_000;
/** Each write takes one turn; the longest chain of writes is shorter. */
const TURNS_OF_A_CHANGE = 12;

export interface FleetOptions {
  /** Lines of a properties file; ports and the working path are set. */
  readonly properties?: readonly string[];
  readonly clock?: Clock;
  readonly ids?: Ids;
  readonly log?: Log;
  /** Of an earlier fleet, to start a broker on its state again. */
  readonly workingPath?: string;
}

/** A broker with real listeners on free ports, in this process, and as many agents as a test wants. */
export class TestFleet implements AsyncDisposable {
  readonly agents: FakeAgent[] = [];
  #tokensAtMs = 0;

  private constructor(
    readonly broker: Broker,
    readonly clock: Clock,
    readonly workingPath: string,
    readonly ca: string,
    readonly client: DcvsmClient,
    readonly fetch: typeof globalThis.fetch,
    readonly credentials: { clientId: string; clientPassword: string },
    readonly closeFetch: () => Promise<void>,
  ) {}

  static async start(options: FleetOptions = {}): Promise<TestFleet> {
    const workingPath = options.workingPath ?? (await mkdtemp(join(tmpdir(), 'dcvsm-fleet-')));
    const clock = options.clock ?? new ManualClock(systemClock().now());
    const broker = await startBroker({
      config: testConfig(workingPath, options.properties ?? []),
      clock,
      ids: options.ids ?? systemIds(),
      log: options.log ?? testLog(),
      about: { version: '0.0.0-test', configFile: 'test.properties' },
      apiDescription: await readFile(join(__dirname, '../../../../packages/protocol/openapi.yaml'), 'utf8'),
    });
    const ca = await readFile(broker.caFile, 'utf8');
    const registered = await broker.clients.register(`test-${systemIds().uuid()}`);
    if (registered === 'name-taken') throw new Error('a random name is taken');
    const credentials = { clientId: registered.id, clientPassword: registered.password };
    const { fetch, close } = fetchTrusting(ca);
    const client = createClient({ url: `https://127.0.0.1:${broker.clientPort}`, credentials, fetch });
    return new TestFleet(broker, clock, workingPath, ca, client, fetch, credentials, close);
  }

  get url(): string {
    return `https://127.0.0.1:${this.broker.clientPort}`;
  }

  get agentUrl(): string {
    return `https://127.0.0.1:${this.broker.agentPort}`;
  }

  /** Advances the manual clock while the agents keep up with it, and waits until all has come to rest. */
  async advance(ms: number): Promise<void> {
    await this.rest();
    for (let leftMs = ms; leftMs > 0; leftMs -= HEARTBEAT_MS) {
      await (this.clock as ManualClock).advance(Math.min(leftMs, HEARTBEAT_MS));
      await this.#renewTokens();
      await this.rest();
    }
  }

  /**
   * Resolves when commands have reached their agents, outcomes the broker, and the store what follows from them;
   * commands that agents leave unanswered are not waited for.
   */
  async rest(): Promise<void> {
    for (let round = 0; round < 2; round += 1) {
      await Promise.all(this.agents.map((agent) => agent.heartbeat()));
      for (let turn = 0; turn < TURNS_OF_A_CHANGE; turn += 1) await eventLoopTurn();
    }
  }

  newAgent(serverId: string, facts: Partial<HostFacts> = {}): FakeAgent {
    const token = (): Promise<string> => this.agentToken(serverId);
    const agent = new FakeAgent({ serverId, agentUrl: this.agentUrl, ca: this.ca, facts, token });
    this.agents.push(agent);
    return agent;
  }

  /** A token of the agent client of that name, which is registered if there is none. */
  async agentToken(name: string): Promise<string> {
    const { clients, tokens, statements } = this.broker.agents;
    const known = clients.list().find((client) => client.name === name && client.active);
    if (known !== undefined) return tokens.issue(known.id);
    const { id: statementId } = await statements.initial();
    return tokens.issue((await clients.register({ name, statementId, tags: null })).id);
  }

  async agent(serverId: string, facts: Partial<HostFacts> = {}): Promise<FakeAgent> {
    const agent = this.newAgent(serverId, facts);
    await agent.connect();
    return agent;
  }

  /** Cuts an agent's link; resolves when the broker knows. */
  async cut(agent: FakeAgent): Promise<void> {
    await agent.disconnect();
    while ((await this.server(agent.serverId))?.UnavailabilityReason !== 'UNREACHABLE_AGENT') {
      await eventLoopTurn();
    }
  }

  /** Asks for one session with these fields besides ordinary ones; @throws if it is refused. */
  async create(fields: object = {}): Promise<Session> {
    const answer = await this.client.createSessions([
      { Name: 'work', Owner: 'alice', Type: 'VIRTUAL', ...fields },
    ]);
    const [session] = answer.SuccessfulList;
    if (session === undefined) throw new Error(answer.UnsuccessfulList[0]?.FailureReason ?? 'no answer');
    return session;
  }

  /** Asks in one request for `count` sessions like that. */
  createMany(count: number, fields: object = {}): ReturnType<DcvsmClient['createSessions']> {
    const entry = { Name: 'work', Owner: 'alice', Type: 'VIRTUAL' as const, ...fields };
    return this.client.createSessions(Array.from({ length: count }, () => entry));
  }

  /** Why a session like that is refused; @throws if it is not. */
  async refusal(fields: object = {}): Promise<string> {
    const answer = await this.createMany(1, fields);
    const [refused] = answer.UnsuccessfulList;
    if (refused === undefined) throw new Error('it was accepted');
    return refused.FailureReason;
  }

  /** @throws if it is refused. */
  async delete(id: string, fields: object = {}): Promise<void> {
    const { UnsuccessfulList } = await this.client.deleteSessions([
      { SessionId: id, Owner: 'alice', ...fields },
    ]);
    if (UnsuccessfulList[0] !== undefined) throw new Error(UnsuccessfulList[0].FailureReason);
  }

  /** All sessions as DescribeSessions shows them once all has come to rest. */
  async describeAll(): Promise<Session[]> {
    await this.rest();
    return (await this.client.describeSessions({})).Sessions;
  }

  /** The session as DescribeSessions shows it once all has come to rest. */
  async describe(id: string): Promise<Session | undefined> {
    await this.rest();
    return (await this.client.describeSessions({ SessionIds: [id] })).Sessions[0];
  }

  /** The server as DescribeServers shows it now. */
  async server(id: string): Promise<Server | undefined> {
    return (await this.client.describeServers({ ServerIds: [id] })).Servers[0];
  }

  async #renewTokens(): Promise<void> {
    const nowMs = this.clock.monotonicMs();
    if (nowMs - this.#tokensAtMs < RENEWAL_MS) return;
    this.#tokensAtMs = nowMs;
    await Promise.all(this.agents.map((agent) => agent.renewToken()));
  }

  async token(): Promise<string> {
    const { clientId, clientPassword } = this.credentials;
    const basic = Buffer.from(`${clientId}:${clientPassword}`).toString('base64');
    const answer = await this.fetch(`${this.url}/oauth2/token?grant_type=client_credentials`, {
      method: 'POST',
      headers: { Authorization: `Basic ${basic}` },
    });
    return ((await answer.json()) as { access_token: string }).access_token;
  }

  /** Stops the broker but keeps its files. */
  async stop(): Promise<void> {
    await Promise.all(this.agents.map((agent) => agent.disconnect()));
    await this.closeFetch();
    await this.broker.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await rm(this.workingPath, { recursive: true, force: true });
  }
}

export function testConfig(workingPath: string, properties: readonly string[]): BrokerConfig {
  const result = interpretConfig(
    'test.properties',
    [
      `session-manager-working-path = ${workingPath}`,
      'client-to-broker-connector-https-port = 0',
      'client-to-broker-connector-bind-host = 127.0.0.1',
      'agent-to-broker-connector-https-port = 0',
      'agent-to-broker-connector-bind-host = 127.0.0.1',
      ...properties,
    ].join('\n'),
  );
  if (result.kind === 'problems') throw new Error(JSON.stringify(result.problems));
  return result.config;
}

/** Quiet, unless somebody looks for a failure with DEBUG set. */
function testLog(): Log {
  return process.env['DEBUG'] === undefined ? silentLog() : createLog({ name: 'test', level: 'debug' });
}

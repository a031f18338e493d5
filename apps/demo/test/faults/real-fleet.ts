import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import type { DcvsmClient } from '@dcvsm/client';
import type { Session } from '@dcvsm/protocol';
import { Demo } from '../e2e/start-demo.js';
import type { Held, Ledger, Verdict } from './ledger.js';
import { until } from './until.js';

const DESKTOP = resolve(__dirname, '../../../desktop/dist/main.js');
const HOSTS = ['host-1', 'host-2'] as const;

/** A broker with two built agents and a stand-in DCV server for each, whose lists of sessions are the truth. */
export class RealFleet implements AsyncDisposable {
  private constructor(readonly demo: Demo) {}

  static async start(properties: readonly string[] = []): Promise<RealFleet> {
    return new RealFleet(await Demo.start(properties));
  }

  get client(): DcvsmClient {
    return this.demo.client;
  }

  /** The next calls of `dcv create-session`, on each host, take that long. */
  async dcvIsSlow(delayMs: number, calls: number): Promise<void> {
    const options = ['--command', 'create-session', '--kind', 'slow'];
    const figures = ['--delay-ms', String(delayMs), '--times', String(calls)];
    await this.#onEach((stateDir) => ['fault', '--state-dir', stateDir, ...options, ...figures]);
  }

  async killAgents(): Promise<void> {
    const agents = HOSTS.map((host) => this.demo.fleet.host(host).agent);
    for (const agent of agents) agent.signal('SIGKILL');
    await Promise.all(agents.map(({ exited }) => exited));
  }

  signalAgents(signal: 'SIGSTOP' | 'SIGCONT'): void {
    for (const host of HOSTS) this.demo.fleet.host(host).agent.signal(signal);
  }

  async startAgents(): Promise<void> {
    for (const host of HOSTS) await this.demo.fleet.startAgent(host);
  }

  async sessions(): Promise<readonly Session[]> {
    return (await this.client.describeSessions({})).Sessions;
  }

  /** All sessions, when every server is reachable and no session is on its way any more. */
  async atRest(): Promise<readonly Session[]> {
    const look = async (): Promise<readonly Session[] | null> => {
      const { Servers } = await this.client.describeServers({});
      const isAway = Servers.some((server) => server.UnavailabilityReason === 'UNREACHABLE_AGENT');
      const sessions = await this.sessions();
      const isMoving = sessions.some(({ State }) => State === 'CREATING' || State === 'DELETING');
      return isAway || isMoving ? null : sessions;
    };
    return (await until('the fleet to be at rest', look, { pollMs: 100 })).found;
  }

  /** What `dcv list-sessions` says on the hosts. */
  async held(): Promise<readonly Held[]> {
    const servers = (await this.client.describeServers({})).Servers;
    const lists = HOSTS.map(async (host, index) => {
      const listed = await this.demo.dcv(host, 'list-sessions', '--json');
      const color = ['pink', 'blue'][index];
      const server = servers.find(({ Tags }) => Tags?.some(({ Value }) => Value === color));
      const sessions = JSON.parse(listed) as { id: string; name: string }[];
      return sessions.map(({ id, name }) => ({ serverId: server?.Id ?? host, sessionId: id, name }));
    });
    return (await Promise.all(lists)).flat();
  }

  /** Judged when broker and hosts agree, or after a while. */
  async finalVerdict(ledger: Ledger): Promise<Verdict> {
    let last: Verdict | null = null;
    const look = async (): Promise<true | null> => {
      last = ledger.judge(await this.sessions(), await this.held());
      return (last.lost.length === 0 && last.doubled.length === 0 && last.orphaned.length === 0) || null;
    };
    await until('nothing to be wrong', look, { patienceMs: 30_000, pollMs: 500 }).catch(() => null);
    if (last === null) throw new Error('the fleet did not answer');
    return last;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.signalAgents('SIGCONT');
    await this.demo[Symbol.asyncDispose]();
  }

  async #onEach(command: (stateDir: string) => readonly string[]): Promise<void> {
    for (const host of HOSTS) {
      const { desktopFolder } = this.demo.fleet.host(host).files;
      await promisify(execFile)(process.execPath, [DESKTOP, ...command(desktopFolder)]);
    }
  }
}

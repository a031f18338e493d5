import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { DcvsmClient } from '@dcvsm/client';
import type { RequestOf, Server, Session } from '@dcvsm/protocol';
import { systemClock, type Clock } from '@dcvsm/runtime';
import { DemoFleet } from '../../src/demo-fleet.js';

const apps = resolve(__dirname, '../../..');
const programs = {
  broker: join(apps, 'broker/dist/main.js'),
  agent: join(apps, 'agent/dist/main.js'),
  desktop: join(apps, 'desktop/dist/main.js'),
};

type CreateEntry = RequestOf<'createSessions'>[number];

/** How often a state is asked for; whoever waits is told by the answer, not by the time. */
const POLL_MS = 100;
const PATIENCE_MS = 60_000;

/** The demo's processes in a folder of their own, and the questions that end-to-end tests ask them. */
export class Demo implements AsyncDisposable {
  readonly clock: Clock = systemClock();

  private constructor(
    readonly fleet: DemoFleet,
    readonly folder: string,
  ) {}

  static async start(properties: readonly string[] = []): Promise<Demo> {
    const folder = await mkdtemp(join(tmpdir(), 'dcvsm-e2e-'));
    const demo = new DemoFleet({
      programs,
      stateDir: folder,
      properties,
      clock: systemClock(),
      progress: () => undefined,
    });
    await demo.start();
    return new Demo(demo, folder);
  }

  get client(): DcvsmClient {
    return this.fleet.client;
  }

  async create(fields: Partial<CreateEntry> = {}): Promise<Session> {
    const entry: CreateEntry = { Name: 'work', Owner: 'alice', Type: 'VIRTUAL', ...fields };
    const { SuccessfulList, UnsuccessfulList } = await this.client.createSessions([entry]);
    const [session] = SuccessfulList;
    if (session === undefined) throw new Error(UnsuccessfulList[0]?.FailureReason ?? 'no answer');
    return session;
  }

  async session(id: string): Promise<Session | undefined> {
    return (await this.client.describeSessions({ SessionIds: [id] })).Sessions[0];
  }

  async server(id: string): Promise<Server | undefined> {
    return (await this.client.describeServers({ ServerIds: [id] })).Servers[0];
  }

  /** Runs the `dcv` command of a host, as its administrator would, and resolves with what it prints. */
  async dcv(host: 'host-1' | 'host-2', ...args: readonly string[]): Promise<string> {
    const { desktopFolder } = this.fleet.host(host).files;
    return (await promisify(execFile)(join(desktopFolder, 'dcv'), args)).stdout;
  }

  /** Resolves with the session once it is in `state`. */
  async reaches(id: string, state: Session['State']): Promise<Session> {
    return this.eventually(`session ${id} to be ${state}`, async () => {
      const session = await this.session(id);
      return session?.State === state ? session : null;
    });
  }

  /** Resolves with what `look` finds; errors on the way (a broker that is down) count as nothing found. */
  async eventually<T>(what: string, look: () => Promise<T | null>): Promise<T> {
    const untilMs = this.clock.monotonicMs() + PATIENCE_MS;
    let last: unknown = 'nothing';
    while (this.clock.monotonicMs() < untilMs) {
      try {
        const found = await look();
        if (found !== null) return found;
      } catch (error) {
        last = error;
      }
      await this.clock.sleep(POLL_MS);
    }
    throw new Error(`waited in vain for ${what}; last: ${String(last)}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.fleet.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

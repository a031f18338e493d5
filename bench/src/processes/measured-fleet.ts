import type { FleetCount, FleetOrder, LinkedFleet } from '../programs/simulated-fleet.js';
import type { BareOrder } from '../programs/bare-server.js';
import type { LoadOrder, LoadOutcome } from '../programs/load.js';
import type { Sample } from '../measure/sample.js';
import { BrokerProcess, type BrokerProcessOptions } from './broker-process.js';
import { Child } from './child.js';
import { cpuMicrosOf } from './cpu-time.js';

export interface FleetSize {
  readonly hosts: number;
  readonly maxVirtualSessions: number;
  readonly localSessionsPerHost: number;
}

export interface MeasuredLoad extends LoadOutcome {
  readonly perSecond: number;
  readonly serverCpuMicros: number | null;
}

type Work = Omit<LoadOrder, 'port' | 'ca' | 'token'>;

/** A broker with its simulated hosts, a bare server to compare it with, and a load for either: four processes. */
export class MeasuredFleet implements AsyncDisposable {
  readonly #load = Child.start('load');
  readonly #bare = Child.start('bare-server');

  private constructor(
    readonly broker: BrokerProcess,
    readonly hosts: Child,
    readonly linkedInMs: number,
  ) {}

  static async start(size: FleetSize, options: BrokerProcessOptions): Promise<MeasuredFleet> {
    const broker = await BrokerProcess.start(options);
    const hosts = Child.start('simulated-fleet');
    const { agentPort, ca } = broker;
    const order: FleetOrder = { kind: 'link', agentPort, ca, ...size };
    const { elapsedMs } = await hosts.ask<LinkedFleet>(order);
    return new MeasuredFleet(broker, hosts, elapsedMs);
  }

  /** @rejects if any answer is not a success. */
  loadBroker(work: Work): Promise<MeasuredLoad> {
    return this.#run(work, this.broker.clientPort, this.broker.pid);
  }

  /** The same requests to the bare server, which answers each with `body`. */
  async loadBare(work: Work, body: string): Promise<MeasuredLoad> {
    const order: BareOrder = { ...this.broker.tls, body };
    const port = await this.#bare.ask<number>(order);
    return this.#run(work, port, this.#bare.pid);
  }

  /** Sessions that the hosts have created so far. */
  async created(): Promise<number> {
    const order: FleetOrder = { kind: 'count' };
    return (await this.hosts.ask<FleetCount>(order)).created;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#load.stop(), this.#bare.stop(), this.hosts.stop()]);
    await this.broker.stop();
  }

  async #run(work: Work, port: number, pid: number): Promise<MeasuredLoad> {
    const order: LoadOrder = { ...work, port, ca: this.broker.ca, token: this.broker.token };
    const before = await cpuMicrosOf(pid);
    const outcome = await this.#load.ask<LoadOutcome>(order);
    const after = await cpuMicrosOf(pid);
    const serverCpuMicros = before === null || after === null ? null : (after - before) / work.count;
    return { ...outcome, perSecond: (work.count / outcome.elapsedMs) * 1000, serverCpuMicros };
  }
}

/** Calls per second as the figure. */
export function perSecond({ perSecond: figure, serverCpuMicros }: MeasuredLoad, callsEach = 1): Sample {
  return { figure: figure * callsEach, serverCpuMicros };
}

/** Milliseconds of one call as the figure; for a load of one connection. */
export function msPerCall({ perSecond: calls, serverCpuMicros }: MeasuredLoad): Sample {
  return { figure: 1000 / calls, serverCpuMicros };
}

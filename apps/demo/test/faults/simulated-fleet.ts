import { pool } from '../abuse/pool.js';
import type { BrokerUnderTest } from './broker-under-test.js';
import type { Held } from './ledger.js';
import { SimulatedHost } from './simulated-host.js';
import { until, type Waited } from './until.js';

export interface FleetSize {
  readonly hosts: number;
  readonly maxSessions: number;
  /** Port for each host; absent: the broker's own. */
  readonly port?: (number: number) => number;
}

/** Links being opened at the same time when nothing is said about how. */
const OPENING_AT_ONCE = 50;

/** Simulated hosts, all linked. */
export class SimulatedFleet implements Disposable {
  private constructor(readonly hosts: readonly SimulatedHost[]) {}

  static async start(broker: BrokerUnderTest, size: FleetSize): Promise<SimulatedFleet> {
    const { maxSessions, port = () => broker.agentPort } = size;
    const { secureContext } = broker;
    const hosts = Array.from(
      { length: size.hosts },
      (_, number) => new SimulatedHost({ number, maxSessions, port: port(number), secureContext }),
    );
    await pool(hosts, OPENING_AT_ONCE, (host) => host.start());
    return new SimulatedFleet(hosts);
  }

  /** What all hosts really have. */
  get held(): readonly Held[] {
    return this.hosts.flatMap((host) => host.held);
  }

  /** As agents do by themselves every now and then. */
  reportAll(): void {
    for (const host of this.hosts) host.report();
  }

  /** Resolves when the broker calls every server AVAILABLE or full, with the time that took. */
  async allReachable(broker: BrokerUnderTest, patienceMs = 120_000): Promise<Waited<true>> {
    const look = async (): Promise<true | null> => {
      if (!this.hosts.every((host) => host.isLinked)) return null;
      const servers = await broker.servers();
      const reachable = servers.filter(
        ({ Availability, UnavailabilityReason }) =>
          Availability === 'AVAILABLE' || UnavailabilityReason === 'SERVER_FULL',
      );
      return reachable.length === this.hosts.length || null;
    };
    return until('every server to be reachable', look, { patienceMs });
  }

  [Symbol.dispose](): void {
    for (const host of this.hosts) host.kill();
  }
}

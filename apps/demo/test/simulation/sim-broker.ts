import type { Log } from '@dcvsm/runtime';
import { countedIds } from '@dcvsm/testkit';
import { makeFleetContext } from '../../../broker/src/composition/fleet-context.js';
import { interpretConfig } from '../../../broker/src/config/interpret-config.js';
import type { BrokerConfig } from '../../../broker/src/config/read-config.js';
import type { FleetContext } from '../../../broker/src/fleet/fleet-context.js';
import { Fleet } from '../../../broker/src/fleet/fleet.js';
import { Hub } from '../../../broker/src/hub/hub.js';
import { AgentAccess } from '../../../broker/src/security/agents/agent-access.js';
import { ProcessClock, type Computer } from './computer.js';
import type { SimSocket } from './sockets.js';
import type { StoreRoom } from './stores.js';

export interface BrokerOptions {
  readonly computer: Computer;
  readonly room: StoreRoom;
  /** Of this process among all brokers that there ever were. */
  readonly number: number;
  readonly properties: readonly string[];
  readonly log: (isDead: () => boolean) => Log;
}

/** One life of the broker: its real fleet, hub and agent access, on a clock, a store and sockets of the simulated world. */
export class BrokerProcess {
  readonly clock: ProcessClock;
  readonly sockets = new Set<SimSocket>();
  readonly #options: BrokerOptions;
  /** Null until it has started. */
  parts: {
    readonly context: FleetContext;
    readonly fleet: Fleet;
    readonly agents: AgentAccess;
    readonly hub: Hub;
  } | null = null;

  constructor(options: BrokerOptions) {
    this.#options = options;
    this.clock = new ProcessClock(options.computer);
  }

  get isDead(): boolean {
    return this.clock.isDead;
  }

  /** @rejects when the store fails it, as the program would end */
  async start(): Promise<void> {
    const { room, number, properties } = this.#options;
    const { clock } = this;
    const config = brokerConfig(properties);
    const log = this.#options.log(() => clock.isDead);
    const ids = countedIds(number);
    const store = room.handleOf(clock);
    const agents = await AgentAccess.load({ store, ...config.agentAuthorization, clock, ids });
    const context = await makeFleetContext({ config, store, clock, ids, log });
    const fleet = await Fleet.start(context);
    const audit = (): void => undefined;
    const hub = new Hub({ fleet, bus: context.bus, agents, audit, clock, log, ...config.agents });
    this.parts = { context, fleet, agents, hub };
  }

  /** As on SIGTERM. Resolves when the program would end by itself. */
  async stop(): Promise<void> {
    if (this.parts === null) return;
    const { hub, fleet } = this.parts;
    for (const socket of this.sockets) socket.terminate();
    await hub.stop();
    await fleet.stop();
    await fleet.settle();
  }

  /** `silently`: its computer lost its power, and nobody is told. */
  kill(silently: boolean): void {
    this.clock.isDead = true;
    this.parts = null;
    for (const socket of this.sockets) socket.die(silently);
  }
}

function brokerConfig(properties: readonly string[]): BrokerConfig {
  const result = interpretConfig('simulated.properties', properties.join('\n'));
  if (result.kind === 'problems') throw new Error(JSON.stringify(result.problems));
  return result.config;
}

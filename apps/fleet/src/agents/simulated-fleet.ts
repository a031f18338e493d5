import type { Clock, Random } from '@dcvsm/runtime';
import { Host } from '../hosts/host.js';
import { exponential, oneOf, seededRandom } from '../random.js';
import type { Tally } from '../watch/tally.js';
import { admission } from './admission.js';
import { SimulatedAgent, type Behaviour } from './simulated-agent.js';
import type { Target } from './target.js';

export interface SimulatedFleetOptions {
  readonly agents: number;
  readonly seed: number;
  readonly target: Target;
  /** Software statement; null: the broker asks agents for no tokens. */
  readonly statement: string | null;
  readonly behaviour: Behaviour;
  readonly tally: Tally;
  readonly clock: Clock;
  /** Links being opened at the same time while the fleet joins. */
  readonly openingAtOnce: number;
  /** Told when a host has made a session. */
  readonly onCreated?: (sessionId: string) => void;
}

const MS_PER_MINUTE = 60_000;
/** A host that was cut off stays away so long on average. */
const AWAY_MS = 20_000;

/** Hosts with their agents. They join in order and then live for themselves. */
export class SimulatedFleet {
  readonly agents: readonly SimulatedAgent[];
  readonly #options: SimulatedFleetOptions;
  readonly #random: Random;
  readonly #stopping = new AbortController();
  #linked = 0;

  constructor(options: SimulatedFleetOptions) {
    this.#options = options;
    this.#random = seededRandom(options.seed);
    this.agents = Array.from({ length: options.agents }, (_, number) => this.#makeAgent(number));
  }

  /** Agents whose link stands now. */
  get linked(): number {
    return this.#linked;
  }

  /** Resolves when each agent has tried once. */
  async join(): Promise<void> {
    let next = 0;
    const joinSome = async (): Promise<void> => {
      while (next < this.agents.length && !this.#stopping.signal.aborted) {
        const agent = this.agents[next];
        next += 1;
        await agent?.link();
      }
    };
    await Promise.all(Array.from({ length: this.#options.openingAtOnce }, joinSome));
  }

  /** Cuts agents off at random moments, that part of all in each minute, until the fleet stops. */
  async churn(partPerMinute: number): Promise<void> {
    const meanMs = MS_PER_MINUTE / (partPerMinute * this.agents.length);
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await this.#options.clock.sleep(exponential(this.#random, meanMs), signal).catch(() => undefined);
      if (!signal.aborted) oneOf(this.#random, this.agents).cut(exponential(this.#random, AWAY_MS));
    }
  }

  /** All at once; each comes back when its back-off says so, as after the loss of a broker. */
  cutAll(): void {
    for (const agent of this.agents) agent.cut(0);
  }

  stop(): void {
    this.#stopping.abort();
    for (const agent of this.agents) agent.stop();
  }

  #makeAgent(number: number): SimulatedAgent {
    const { seed, target, statement, behaviour, tally, clock, onCreated } = this.#options;
    const host = new Host(seed, number);
    return new SimulatedAgent({
      ...{ host, target, behaviour, clock },
      admission: statement === null ? null : admission(target, statement, host.facts.hostname, clock),
      random: seededRandom(Math.imul(seed, 104_729) + number),
      events: {
        onLinked: () => (this.#linked += 1),
        onLost: (reason) => {
          this.#linked -= 1;
          tally.problem('linksLost', `${host.facts.hostname}: ${reason}`);
        },
        onRefused: (reason) => tally.problem('errors', `${host.facts.hostname}: ${reason}`),
        onCommand: () => tally.add('commands'),
        onOutcome: ({ command }, outcome) => {
          if (outcome.kind === 'created') {
            tally.add('created');
            onCreated?.(command.sessionId);
          } else if (outcome.kind === 'deleted') tally.add('deleted');
          else if (outcome.kind === 'failed') tally.add('failedOnPurpose');
        },
      },
    });
  }
}

import type { Clock } from '@dcvsm/runtime';
import type { ConnectionPool } from './connection-pool.js';

/**
 * Until when an operation has to be answered. Standing in line costs none of its time as long as the line moves: many
 * that come at once all get their turn, and nobody waits for a database that is silent.
 */
export class Deadline {
  readonly #clock: Clock;
  readonly #pool: Pick<ConnectionPool, 'movedAtMs'>;
  readonly #limitMs: number;
  readonly #askedAtMs: number;
  #startedAtMs: number | null = null;

  constructor(clock: Clock, pool: Pick<ConnectionPool, 'movedAtMs'>, limitMs: number) {
    this.#clock = clock;
    this.#pool = pool;
    this.#limitMs = limitMs;
    this.#askedAtMs = clock.monotonicMs();
  }

  /** The first connection was given: from here on the time is the operation's own. */
  start(): void {
    this.#startedAtMs ??= this.#clock.monotonicMs();
  }

  get leftMs(): number {
    const sinceMs = this.#startedAtMs ?? Math.max(this.#askedAtMs, this.#pool.movedAtMs);
    return Math.max(0, sinceMs + this.#limitMs - this.#clock.monotonicMs());
  }
}

import type { DcvsmClient } from '@dcvsm/client';
import type { Clock, Random, Timer } from '@dcvsm/runtime';
import { exponential } from '../random.js';
import type { Tally } from '../watch/tally.js';
import { randomWish } from './wishes.js';

export interface SessionLoadOptions {
  readonly client: DcvsmClient;
  /** Sessions asked for in a second, on average. */
  readonly createsPerSecond: number;
  /** How long a session lives on average before it is deleted. */
  readonly sessionLifeMs: number;
  readonly users: number;
  readonly tally: Tally;
  readonly clock: Clock;
  readonly random: Random;
}

/** Calls on their way; a broker that is slower than asked for is not buried. */
const MOST_CALLS = 500;
const TICK_MS = 10;

/** Users who ask for sessions and end them, at a steady rate with the accidents of chance. */
export class SessionLoad {
  readonly #options: SessionLoadOptions;
  readonly #alive = new Map<string, { readonly owner: string; readonly timer: Timer }>();
  readonly #askedAtMs = new Map<string, number>();
  readonly #calls = new Set<Promise<void>>();
  #timer: Timer | null = null;
  #nextAtMs = 0;

  constructor(options: SessionLoadOptions) {
    this.#options = options;
  }

  /** Sessions that were accepted and not deleted yet. */
  get alive(): number {
    return this.#alive.size;
  }

  get callsOnTheirWay(): number {
    return this.#calls.size;
  }

  start(): void {
    this.#nextAtMs = this.#options.clock.monotonicMs();
    this.#tick();
  }

  /** Asks for no more, deletes what is left, and resolves when all calls have ended. */
  async stop(): Promise<void> {
    this.#timer?.cancel();
    await Promise.all(this.#calls);
    for (const [id, { owner, timer }] of this.#alive) {
      timer.cancel();
      this.#call(this.#delete(id, owner));
      if (this.#calls.size >= MOST_CALLS) await Promise.race(this.#calls);
    }
    await Promise.all(this.#calls);
  }

  /** A host has made a session. */
  created(sessionId: string): void {
    const { clock, tally } = this.#options;
    const askedAtMs = this.#askedAtMs.get(sessionId);
    if (askedAtMs === undefined) return;
    this.#askedAtMs.delete(sessionId);
    tally.latencies.untilReady.add(clock.monotonicMs() - askedAtMs);
  }

  #tick(): void {
    const { clock, random, createsPerSecond } = this.#options;
    const nowMs = clock.monotonicMs();
    while (this.#nextAtMs <= nowMs && this.#calls.size < MOST_CALLS) {
      this.#nextAtMs += exponential(random, 1000 / createsPerSecond);
      this.#call(this.#create());
    }
    // What a slow broker did not let through is not asked for all at once later.
    if (this.#calls.size >= MOST_CALLS) this.#nextAtMs = nowMs;
    this.#timer = clock.after(TICK_MS, () => this.#tick());
  }

  #call(work: Promise<void>): void {
    const call = work.catch((error: unknown) => {
      this.#options.tally.problem('errors', error instanceof Error ? error.message : String(error));
    });
    this.#calls.add(call);
    void call.then(() => this.#calls.delete(call));
  }

  async #create(): Promise<void> {
    const { client, clock, random, tally, users, sessionLifeMs } = this.#options;
    const owner = `user-${Math.floor(random.next() * users)}`;
    const lifeMs = exponential(random, sessionLifeMs);
    const wish = randomWish(random);
    const askedAtMs = clock.monotonicMs();
    const answer = await client.createSessions([{ ...wish, Owner: owner }]);
    tally.latencies.createCall.add(clock.monotonicMs() - askedAtMs);
    const id = answer.SuccessfulList?.[0]?.Id;
    if (id === undefined) {
      const reason = answer.UnsuccessfulList?.[0]?.FailureReason;
      return tally.problem('refused', reason ?? 'no reason was given');
    }
    tally.add('accepted');
    this.#askedAtMs.set(id, askedAtMs);
    const timer = clock.after(lifeMs, () => this.#call(this.#delete(id, owner)));
    this.#alive.set(id, { owner, timer });
  }

  async #delete(id: string, owner: string): Promise<void> {
    const { client, clock, tally } = this.#options;
    this.#alive.delete(id);
    this.#askedAtMs.delete(id);
    const startedAtMs = clock.monotonicMs();
    await client.deleteSessions([{ SessionId: id, Owner: owner }]);
    tally.latencies.deleteCall.add(clock.monotonicMs() - startedAtMs);
    tally.add('deletions');
  }
}

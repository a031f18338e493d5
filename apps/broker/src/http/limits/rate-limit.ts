import type { Clock } from '@dcvsm/runtime';
import { LRUCache } from 'lru-cache';

export interface RateLimitOptions {
  /** What a key gets back per second. */
  readonly perSecond: number;
  /** What a key that was quiet may take at once. */
  readonly burst: number;
  readonly clock: Pick<Clock, 'monotonicMs'>;
}

/** More keys than this at once, and those quiet for longest are forgotten: strangers must not cost memory. */
const MOST_KEYS = 100_000;

/**
 * A token bucket for each key. Our own few lines, because the libraries read the wall clock, arm a timer for each key
 * or answer through a promise: three things that the path of every request has no room for.
 */
export class RateLimit {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  /** For each key the time at which its bucket will be full again. */
  readonly #fullAtMs = new LRUCache<string, number>({ max: MOST_KEYS });

  constructor({ perSecond, burst, clock }: RateLimitOptions) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#clock = clock;
  }

  /** Takes one for the key. Null: it was there; else the whole seconds, at least 1, until one will be. */
  take(key: string): number | null {
    const nowMs = this.#clock.monotonicMs();
    const oneMs = 1000 / this.#perSecond;
    const fullAtMs = Math.max(this.#fullAtMs.get(key) ?? nowMs, nowMs) + oneMs;
    const overdrawnMs = fullAtMs - nowMs - this.#burst * oneMs;
    // Sums of fractions may be a hair above: whoever waited as told is let through.
    if (overdrawnMs > 1e-6) return Math.max(1, Math.ceil(overdrawnMs / 1000));
    this.#fullAtMs.set(key, fullAtMs);
    return null;
  }
}

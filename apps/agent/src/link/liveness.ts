import type { Clock } from '@dcvsm/runtime';

/** Heartbeats in a row without a word from the broker after which the link counts as dead. */
const SILENT_BEATS = 3;

export type Vital = 'alive' | 'silent' | 'slept';

/**
 * Tells a living link from a half-open one, and notices that the machine was asleep: the wall clock then jumps
 * while the monotonic one may stand still, and the broker has given the link up meanwhile.
 */
export class Liveness {
  #heardAtMs: number;
  #lookedAtMs: number;

  constructor(
    readonly clock: Pick<Clock, 'now' | 'monotonicMs'>,
    readonly heartbeatMs: number,
  ) {
    this.#heardAtMs = clock.monotonicMs();
    this.#lookedAtMs = clock.now();
  }

  heard(): void {
    this.#heardAtMs = this.clock.monotonicMs();
  }

  /** To be asked at every heartbeat. */
  look(): Vital {
    const limitMs = SILENT_BEATS * this.heartbeatMs;
    const nowMs = this.clock.now();
    const passedMs = nowMs - this.#lookedAtMs;
    this.#lookedAtMs = nowMs;
    if (this.clock.monotonicMs() - this.#heardAtMs > limitMs) return 'silent';
    return passedMs > limitMs ? 'slept' : 'alive';
  }
}

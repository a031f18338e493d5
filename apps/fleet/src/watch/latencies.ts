const BUCKETS_PER_DOUBLING = 8;
const LEAST_MS = 0.01;

/** Durations, counted in steps of a ninth: quantiles of any number of them, in no memory to speak of. */
export class Latencies {
  readonly #counts: number[] = [];
  #count = 0;
  #mostMs = 0;

  get count(): number {
    return this.#count;
  }

  get mostMs(): number {
    return this.#mostMs;
  }

  add(ms: number): void {
    const doublings = Math.log2(Math.max(ms, LEAST_MS) / LEAST_MS);
    const bucket = Math.floor(doublings * BUCKETS_PER_DOUBLING);
    while (this.#counts.length <= bucket) this.#counts.push(0);
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#count += 1;
    this.#mostMs = Math.max(this.#mostMs, ms);
  }

  /** `part` from 0 to 1; 0 if nothing was counted. */
  quantileMs(part: number): number {
    let left = part * this.#count;
    for (const [bucket, count] of this.#counts.entries()) {
      left -= count;
      if (left > 0 || count === 0) continue;
      return Math.min(this.#mostMs, LEAST_MS * 2 ** ((bucket + 1) / BUCKETS_PER_DOUBLING));
    }
    return this.#mostMs;
  }

  forget(): void {
    this.#counts.length = 0;
    this.#count = 0;
    this.#mostMs = 0;
  }
}

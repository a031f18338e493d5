/** What one repetition of one subject gave. */
export interface Sample {
  /** In the unit of the comparison. */
  readonly figure: number;
  /** CPU that the measured server used for one call, in microseconds; null where it cannot be read or means nothing. */
  readonly serverCpuMicros: number | null;
}

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** @throws when there is nothing to summarise. */
export function spreadOf(figures: readonly number[]): Spread {
  if (figures.length === 0) throw new Error('no repetition was measured');
  const sorted = [...figures].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  const median = sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
  return { median, min: sorted[0] as number, max: sorted[sorted.length - 1] as number };
}

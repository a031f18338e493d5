export interface Difference {
  /** Of the means, in the unit of the times. */
  readonly apart: number;
  /** Welch's t: how many standard errors that is. */
  readonly t: number;
}

/** The slowest tenth of each series is left out, because it tells of the machine's other work. */
export function welch(one: readonly number[], other: readonly number[]): Difference {
  const [a, b] = [summary(one), summary(other)];
  const apart = Math.abs(a.mean - b.mean);
  return { apart, t: apart / Math.sqrt(a.variance / a.count + b.variance / b.count) };
}

function summary(times: readonly number[]): { mean: number; variance: number; count: number } {
  const kept = times.toSorted((x, y) => x - y).slice(0, Math.ceil(times.length * 0.9));
  const mean = kept.reduce((sum, time) => sum + time, 0) / kept.length;
  const variance = kept.reduce((sum, time) => sum + (time - mean) ** 2, 0) / (kept.length - 1);
  return { mean, variance, count: kept.length };
}

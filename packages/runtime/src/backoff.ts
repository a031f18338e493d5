import type { Random } from './chance.js';

export interface BackoffPolicy {
  readonly firstMs: number;
  readonly longestMs: number;
}

/**
 * Delay before attempt number `attempt` (0 is the first retry): doubles up to the longest, then a random
 * half is taken off, so that a fleet cut off at one moment does not come back at one moment.
 */
export function backoffMs(policy: BackoffPolicy, attempt: number, random: Random): number {
  const ceilingMs = Math.min(policy.longestMs, policy.firstMs * 2 ** Math.min(attempt, 30));
  return Math.round(ceilingMs * (0.5 + random.next() / 2));
}

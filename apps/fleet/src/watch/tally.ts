import { Latencies } from './latencies.js';

/** What is counted from the start on. */
export const COUNTED = [
  'linksLost',
  'commands',
  'created',
  'failedOnPurpose',
  'deleted',
  'accepted',
  'refused',
  'deletions',
  'errors',
] as const;
export type Counted = (typeof COUNTED)[number];

/** What is timed; begun anew with each look. */
export const TIMED = ['createCall', 'deleteCall', 'untilReady'] as const;
export type Timed = (typeof TIMED)[number];

/** All that the simulation counts of itself and of the broker. */
export class Tally {
  readonly counts: Record<Counted, number>;
  readonly latencies: Record<Timed, Latencies>;
  /** What went wrong last, in words; null: nothing yet. */
  lastProblem: string | null = null;

  constructor() {
    this.counts = Object.fromEntries(COUNTED.map((name) => [name, 0])) as Record<Counted, number>;
    const latencies = TIMED.map((name) => [name, new Latencies()]);
    this.latencies = Object.fromEntries(latencies) as Record<Timed, Latencies>;
  }

  add(what: Counted): void {
    this.counts[what] += 1;
  }

  problem(what: 'refused' | 'errors' | 'linksLost', words: string): void {
    this.add(what);
    this.lastProblem = words;
  }
}

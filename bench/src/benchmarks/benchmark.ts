import type { Comparison } from '../measure/comparison.js';

export interface BenchmarkOptions {
  /** Smaller fleets and fewer rounds: to see that everything works, not to quote. */
  readonly quick: boolean;
  readonly profileFolder: string | null;
  /** For what a reader should know besides the comparisons. */
  readonly say: (line: string) => void;
}

export interface Benchmark {
  readonly id: string;
  readonly title: string;
  /** After this it is taken for stuck, and the run fails. */
  readonly limitMs: number;
  readonly run: (options: BenchmarkOptions) => Promise<Comparison[]>;
}

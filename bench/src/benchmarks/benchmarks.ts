import type { Benchmark } from './benchmark.js';
import { createSessionsBenchmark } from './create-sessions.js';
import { describePageBenchmark } from './describe-page.js';
import { placementByServersBenchmark } from './placement-by-servers.js';
import { placementBySessionsBenchmark } from './placement-by-sessions.js';
import { smallCallsBenchmark } from './small-calls.js';
import { storeReservationsBenchmark } from './store-reservations.js';

export const benchmarks: readonly Benchmark[] = [
  createSessionsBenchmark,
  placementByServersBenchmark,
  placementBySessionsBenchmark,
  describePageBenchmark,
  smallCallsBenchmark,
  storeReservationsBenchmark,
];

import { compare, type Comparison } from '../measure/comparison.js';
import { interleave } from '../measure/interleave.js';
import type { Benchmark, BenchmarkOptions } from './benchmark.js';
import { loadBrokerParts } from './broker-parts.js';
import { PlacementFleet } from './placement-fleet.js';

const SERVERS = 1000;
const LIVE_SESSIONS = 100_000;

export const placementBySessionsBenchmark: Benchmark = {
  id: 'P3',
  title: 'cost of one placement, many live sessions against none',
  limitMs: 120_000,
  run,
};

async function run({ quick }: BenchmarkOptions): Promise<Comparison[]> {
  const parts = await loadBrokerParts();
  const empty = new PlacementFleet(parts, SERVERS, 0);
  const full = new PlacementFleet(parts, SERVERS, LIVE_SESSIONS);
  const placements = quick ? 200 : 1000;
  const samples = await interleave(
    { empty: async () => empty.measure(placements), full: async () => full.measure(placements) },
    quick ? 5 : 9,
  );
  return [
    compare({
      id: 'P3',
      what: `one placement among ${SERVERS} servers with ${LIVE_SESSIONS} sessions live, in process`,
      unit: 'µs',
      samples: samples.full,
      baselineWhat: 'the same with no session live',
      baselineSamples: samples.empty,
      target: { of: 'ratio', atMost: 1.1 },
    }),
  ];
}

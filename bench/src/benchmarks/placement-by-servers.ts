import { compare, type Comparison } from '../measure/comparison.js';
import { interleave } from '../measure/interleave.js';
import type { Benchmark, BenchmarkOptions } from './benchmark.js';
import { loadBrokerParts } from './broker-parts.js';
import { PlacementFleet } from './placement-fleet.js';

const FEW = 1000;
const MANY = 10_000;

export const placementByServersBenchmark: Benchmark = {
  id: 'P2',
  title: 'cost of one placement, many servers against few',
  limitMs: 120_000,
  run,
};

async function run({ quick }: BenchmarkOptions): Promise<Comparison[]> {
  const parts = await loadBrokerParts();
  const few = new PlacementFleet(parts, FEW, 0);
  const many = new PlacementFleet(parts, MANY, 0);
  const placements = quick ? 200 : 1000;
  const samples = await interleave(
    { few: async () => few.measure(placements), many: async () => many.measure(placements) },
    quick ? 5 : 9,
  );
  return [
    compare({
      id: 'P2',
      what: `one placement among ${MANY} servers, in process`,
      unit: 'µs',
      samples: samples.many,
      baselineWhat: `the same among ${FEW} servers`,
      baselineSamples: samples.few,
      target: { of: 'ratio', atMost: 1.3 },
    }),
  ];
}

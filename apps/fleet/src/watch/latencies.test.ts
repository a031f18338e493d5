import fc from 'fast-check';
import { Latencies } from './latencies.js';

it('finds quantiles to a tenth', () => {
  const durations = fc.array(fc.double({ min: 0.02, max: 100_000, noNaN: true }), { minLength: 1 });
  fc.assert(
    fc.property(durations, fc.constantFrom(0.5, 0.9, 1), (all, part) => {
      const latencies = new Latencies();
      for (const ms of all) latencies.add(ms);
      const sorted = [...all].sort((a, b) => a - b);
      const exact = sorted[Math.ceil(part * all.length) - 1]!;
      expect(latencies.quantileMs(part)).toBeGreaterThanOrEqual(exact * 0.999);
      expect(latencies.quantileMs(part)).toBeLessThanOrEqual(exact * 1.1);
      expect(latencies.mostMs).toBe(sorted.at(-1));
    }),
  );
});

it('has nothing to say of nothing', () => {
  const latencies = new Latencies();
  latencies.add(5);
  latencies.forget();
  expect([latencies.count, latencies.quantileMs(0.5), latencies.mostMs]).toEqual([0, 0, 0]);
});

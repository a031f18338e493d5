import fc from 'fast-check';
import { backoffMs } from './backoff.js';

const policy = { firstMs: 100, longestMs: 5_000 };
const always = (value: number): { next: () => number } => ({ next: () => value });

it('doubles up to the longest delay', () => {
  const delays = [0, 1, 2, 5, 6, 50, 5_000].map((attempt) => backoffMs(policy, attempt, always(1)));
  expect(delays).toEqual([100, 200, 400, 3_200, 5_000, 5_000, 5_000]);
});

it('takes off at most half', () => {
  fc.assert(
    fc.property(fc.nat(100), fc.double({ min: 0, max: 0.999, noNaN: true }), (attempt, chance) => {
      const fullMs = backoffMs(policy, attempt, always(1));
      const delayMs = backoffMs(policy, attempt, always(chance));
      expect(delayMs).toBeGreaterThanOrEqual(Math.floor(fullMs / 2));
      expect(delayMs).toBeLessThanOrEqual(fullMs);
    }),
  );
});

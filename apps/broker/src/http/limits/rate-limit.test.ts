import { ManualClock } from '@dcvsm/testkit';
import fc from 'fast-check';
import { RateLimit } from './rate-limit.js';

const limit = (perSecond: number, burst: number, clock = new ManualClock()) => ({
  clock,
  limit: new RateLimit({ perSecond, burst, clock }),
});
const takeMany = (one: RateLimit, count: number, key = 'a') =>
  Array.from({ length: count }, () => one.take(key));

it('gives a burst at once, then says after how many seconds to come back', () => {
  const { limit: one } = limit(10, 20);
  expect(takeMany(one, 20)).toEqual(Array<null>(20).fill(null));
  expect(one.take('a')).toBe(1);
});

it('gives back with time, and no more than the burst', async () => {
  const { limit: one, clock } = limit(10, 20);
  takeMany(one, 20);
  await clock.advance(500);
  expect(takeMany(one, 6)).toEqual([null, null, null, null, null, 1]);
  await clock.advance(3_600_000);
  expect(takeMany(one, 21).filter((wait) => wait === null)).toHaveLength(20);
});

it('counts each key by itself', () => {
  const { limit: one } = limit(1, 1);
  expect([one.take('a'), one.take('b'), one.take('a')]).toEqual([null, null, 1]);
});

it('names longer waits when it gives back slowly', () => {
  const { limit: one } = limit(0.1, 1);
  expect([one.take('a'), one.take('a')]).toEqual([null, 10]);
});

it('never gives more than burst and rate allow, and always gives to who waits as told', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 1, max: 50 }),
      fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 100 }),
      async (perSecond, burst, pausesMs) => {
        const { limit: one, clock } = limit(perSecond, burst);
        let given = 0;
        let passedMs = 0;
        for (const pauseMs of pausesMs) {
          await clock.advance(pauseMs);
          passedMs += pauseMs;
          const wait = one.take('a');
          if (wait === null) given += 1;
          expect(given).toBeLessThanOrEqual(burst + (perSecond * passedMs) / 1000 + 1e-6);
          if (wait === null) continue;
          await clock.advance(wait * 1000);
          passedMs += wait * 1000;
          expect(one.take('a')).toBeNull();
          given += 1;
        }
      },
    ),
    { numRuns: 100 },
  );
});

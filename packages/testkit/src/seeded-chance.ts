import type { Ids, Random } from '@dcvsm/runtime';

/** The mulberry32 generator: small, quick, and the same sequence for the same seed everywhere. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return {
    next() {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
    },
  };
}

/** Counted ids in the form of the real ones; `space` keeps two sources apart. */
export function countedIds(space = 0): Ids {
  let count = 0;
  const next = (): string => (count += 1).toString(16).padStart(12, '0');
  return {
    uuid: () => `00000000-0000-4000-8${space.toString(16).padStart(3, '0')}-${next()}`,
    secret: (bytes) => `secret-${next()}`.padEnd(Math.ceil((bytes * 4) / 3), 'x'),
  };
}

import type { Random } from '@dcvsm/runtime';

/** The same sequence for the same seed, on every machine (the generator is splitmix32). */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return {
    next() {
      state = (state + 0x9e3779b9) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
      mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
      return ((mixed ^ (mixed >>> 15)) >>> 0) / 4_294_967_296;
    },
  };
}

export function between(random: Random, least: number, most: number): number {
  return least + random.next() * (most - least);
}

export function isDue(random: Random, part: number): boolean {
  return random.next() < part;
}

/** @throws RangeError for an empty list */
export function oneOf<T>(random: Random, values: readonly T[]): T {
  const index = Math.floor(random.next() * values.length);
  if (index >= values.length) throw new RangeError('there is nothing to choose from');
  return values[index] as T;
}

/** Waiting times between events that come independently of each other. */
export function exponential(random: Random, mean: number): number {
  return -Math.log(1 - random.next()) * mean;
}

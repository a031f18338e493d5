import { Places } from './places.js';

describe('Places', () => {
  it('lets only so many in at one time, in the order in which they came', async () => {
    const places = new Places(2);
    const started: number[] = [];
    const ends: (() => void)[] = [];
    const runs = [0, 1, 2, 3].map((n) =>
      places.run(() => {
        started.push(n);
        return new Promise<void>((resolve, reject) =>
          ends.push(n === 0 ? () => reject(new Error('no')) : resolve),
        );
      }),
    );
    const [first, ...others] = runs;
    expect(started).toEqual([0, 1]);
    ends[0]!();
    await expect(first).rejects.toThrow('no');
    await Promise.resolve();
    expect(started).toEqual([0, 1, 2]);
    ends[1]!();
    await others[0];
    await Promise.resolve();
    expect(started).toEqual([0, 1, 2, 3]);
    ends[2]!();
    ends[3]!();
    await Promise.all(others);
  });
});

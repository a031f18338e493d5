import { createLog } from '@dcvsm/runtime';
import { ManualClock } from '@dcvsm/testkit';
import { Remembered } from './remembered.js';

describe('Remembered', () => {
  let clock: ManualClock;
  let lines: string[];
  let answers: (() => Promise<number>)[];
  let fact: Remembered<number>;
  beforeEach(() => {
    clock = new ManualClock();
    lines = [];
    answers = [];
    const log = createLog({
      name: 'test',
      level: 'info',
      destination: { write: (line: string) => void lines.push(line) },
    });
    fact = new Remembered({
      name: 'f',
      read: () => answers.shift()!(),
      fallback: 0,
      forMs: 1000,
      clock,
      log,
    });
  });
  const broken = (): Promise<number> => Promise.reject(new Error('no'));

  it('reads once in its time', async () => {
    answers = [() => Promise.resolve(1), () => Promise.resolve(2), () => Promise.resolve(3)];
    expect([await fact.get(), await fact.get()]).toEqual([1, 1]);
    await clock.advance(1000);
    expect(await fact.get()).toBe(2);
    fact.forget();
    expect(await fact.get()).toBe(3);
  });

  it('tells the last value while its source fails, and says so once', async () => {
    answers = [() => Promise.resolve(1), broken, broken];
    await fact.get();
    await clock.advance(1000);
    expect(await fact.get()).toBe(1);
    await clock.advance(1000);
    expect(await fact.get()).toBe(1);
    expect(lines).toHaveLength(1);
  });

  it('does not wait for ever', async () => {
    answers = [() => new Promise<number>(() => undefined)];
    const value = fact.get();
    await clock.advance(10_000);
    expect(await value).toBe(0);
  });
});

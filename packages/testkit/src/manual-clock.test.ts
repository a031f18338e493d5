import fc from 'fast-check';
import { ManualClock } from './manual-clock.js';

it('fires what falls due in the order of time, and of setting within one moment', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(20), { maxLength: 20 }), fc.nat(25), async (delays, advanceMs) => {
      const clock = new ManualClock();
      const fired: [number, number][] = [];
      delays.forEach((ms, index) => clock.after(ms, () => void fired.push([clock.monotonicMs(), index])));
      await clock.advance(advanceMs);
      const due = delays.map((ms, index): [number, number] => [ms, index]).filter(([ms]) => ms <= advanceMs);
      expect(fired).toEqual(due.sort(([a, x], [b, y]) => a - b || x - y));
      expect(clock.monotonicMs()).toBe(advanceMs);
      expect(clock.now() - clock.startMs).toBe(advanceMs);
      expect(clock.pending).toBe(delays.length - due.length);
    }),
  );
});

it('fires what an action sets, if it falls due too, and waits for what actions do', async () => {
  const clock = new ManualClock();
  const seen: number[] = [];
  clock.after(10, async () => {
    await Promise.resolve();
    seen.push(clock.monotonicMs());
    clock.after(10, () => void seen.push(clock.monotonicMs()));
    clock.after(100, () => void seen.push(-1));
  });
  await clock.advance(30);
  expect(seen).toEqual([10, 20]);
});

it('does not fire what was cancelled; cancelling late or twice is harmless', async () => {
  const clock = new ManualClock();
  let fired = 0;
  const cancelled = clock.after(10, () => void (fired += 1));
  const kept = clock.after(10, () => void (fired += 1));
  cancelled.cancel();
  cancelled.cancel();
  await clock.advance(10);
  kept.cancel();
  expect(fired).toBe(1);
});

it('sleeps until then, or until it is aborted', async () => {
  const clock = new ManualClock();
  const abort = new AbortController();
  const long = clock.sleep(1000, abort.signal).catch((reason: unknown) => reason);
  const short = clock.sleep(10);
  await clock.advance(10);
  await short;
  abort.abort('enough');
  expect(await long).toBe('enough');
  await expect(clock.sleep(1, abort.signal)).rejects.toBe('enough');
  expect(clock.pending).toBe(0);
});

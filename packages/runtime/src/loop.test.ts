import { ManualClock } from '@dcvsm/testkit';
import { silentLog } from './log.js';
import { startLoop } from './loop.js';

/** A body whose runs end when the test says so. */
function heldBody(): {
  body: () => Promise<void>;
  release: () => void;
  runs: () => number;
  atOnce: () => number;
} {
  let runs = 0;
  let running = 0;
  let mostAtOnce = 0;
  let open: (() => void) | null = null;
  return {
    async body() {
      runs += 1;
      running += 1;
      mostAtOnce = Math.max(mostAtOnce, running);
      await new Promise<void>((resolve) => (open = resolve));
      running -= 1;
    },
    release: () => open?.(),
    runs: () => runs,
    atOnce: () => mostAtOnce,
  };
}

/** Lets all that is ready go on. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
}

it('runs its body every period', async () => {
  const clock = new ManualClock();
  let runs = 0;
  const loop = startLoop(clock, silentLog(), {
    name: 'test',
    periodMs: 1000,
    body: async () => void (runs += 1),
  });
  await clock.advance(999);
  expect(runs).toBe(0);
  await clock.advance(1);
  expect(runs).toBe(1);
  await clock.advance(3000);
  expect(runs).toBe(4);
  await loop.stop();
  await clock.advance(10_000);
  expect(runs).toBe(4);
  expect(clock.pending).toBe(0);
});

it('counts the period from the end of a woken run', async () => {
  const clock = new ManualClock();
  let runs = 0;
  const loop = startLoop(clock, silentLog(), {
    name: 'test',
    periodMs: 1000,
    body: async () => void (runs += 1),
  });
  await clock.advance(900);
  loop.wake();
  await turns();
  expect(runs).toBe(1);
  await clock.advance(900);
  expect(runs).toBe(1);
  await clock.advance(100);
  expect(runs).toBe(2);
  await loop.stop();
});

it('never runs twice at once; however often it is woken during a run, exactly one more follows', async () => {
  const clock = new ManualClock();
  const held = heldBody();
  const loop = startLoop(clock, silentLog(), { name: 'test', periodMs: 1000, body: held.body });
  loop.wake();
  for (let wake = 0; wake < 5; wake += 1) loop.wake();
  await turns();
  expect(held.runs()).toBe(1);
  held.release();
  await turns();
  expect(held.runs()).toBe(2);
  held.release();
  await turns();
  expect(held.runs()).toBe(2);
  expect(held.atOnce()).toBe(1);
  await loop.stop();
});

it('resolves run() when a whole run has ended that began after the call', async () => {
  const clock = new ManualClock();
  const held = heldBody();
  const loop = startLoop(clock, silentLog(), { name: 'test', periodMs: 1000, body: held.body });
  loop.wake();
  let isDone = false;
  void loop.run().then(() => (isDone = true));
  held.release();
  await turns();
  expect([held.runs(), isDone]).toEqual([2, false]);
  held.release();
  await turns();
  expect(isDone).toBe(true);
  await loop.stop();
});

it('goes on after a body that failed', async () => {
  const clock = new ManualClock();
  let runs = 0;
  const loop = startLoop(clock, silentLog(), {
    name: 'test',
    periodMs: 1000,
    body: async () => {
      runs += 1;
      throw new Error('broken');
    },
  });
  await clock.advance(3000);
  expect(runs).toBe(3);
  await loop.stop();
});

it('stops when the run in flight has ended, without the one that was asked for meanwhile', async () => {
  const clock = new ManualClock();
  const held = heldBody();
  const loop = startLoop(clock, silentLog(), { name: 'test', periodMs: 1000, body: held.body });
  loop.wake();
  loop.wake();
  let isStopped = false;
  const stopping = loop.stop().then(() => (isStopped = true));
  await turns();
  expect(isStopped).toBe(false);
  held.release();
  await stopping;
  await turns();
  expect(held.runs()).toBe(1);
  expect(clock.pending).toBe(0);
});

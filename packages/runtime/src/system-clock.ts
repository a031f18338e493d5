import { performance } from 'node:perf_hooks';
import { setTimeout as sleepFor } from 'node:timers/promises';
import type { Clock } from './clock.js';

/** Node caps timers at 2^31-1 ms and fires longer ones at once; nothing here may wait that long by accident. */
const LONGEST_TIMER_MS = 2_147_483_647;

/** The machine's own clock; timers do not keep the process alive on their own. */
export function systemClock(): Clock {
  return {
    now: () => Date.now(),
    monotonicMs: () => performance.now(),
    async sleep(ms, signal) {
      await sleepFor(Math.min(ms, LONGEST_TIMER_MS), undefined, signal ? { signal } : {});
    },
    after(ms, action) {
      const timer = setTimeout(() => void action(), Math.min(ms, LONGEST_TIMER_MS));
      timer.unref();
      return { cancel: () => clearTimeout(timer) };
    },
  };
}

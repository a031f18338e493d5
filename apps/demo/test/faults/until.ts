import { systemClock } from '@dcvsm/runtime';

const clock = systemClock();

export interface Waited<T> {
  readonly found: T;
  readonly tookMs: number;
}

export interface WaitOptions {
  readonly patienceMs?: number;
  readonly pollMs?: number;
}

/** Resolves with what `look` finds and how long that took; errors on the way (a broker that is down) count as nothing found. */
export async function until<T>(
  what: string,
  look: () => Promise<T | null> | T | null,
  { patienceMs = 60_000, pollMs = 50 }: WaitOptions = {},
): Promise<Waited<T>> {
  const startMs = clock.monotonicMs();
  let last: unknown = 'nothing';
  while (clock.monotonicMs() - startMs < patienceMs) {
    try {
      const found = await look();
      if (found !== null) return { found, tookMs: clock.monotonicMs() - startMs };
    } catch (error) {
      last = error;
    }
    await clock.sleep(pollMs);
  }
  throw new Error(`waited in vain for ${what}; last: ${String(last)}`);
}

import type { Clock, Timer } from '@dcvsm/runtime';

interface Due {
  readonly atMs: number;
  readonly order: number;
  readonly action: () => void | Promise<void>;
}

/** A clock that stands still until a test moves it. Wall time and monotonic time move together. */
export class ManualClock implements Clock {
  #elapsedMs = 0;
  #order = 0;
  readonly #due = new Set<Due>();

  constructor(readonly startMs: number = Date.UTC(2026, 0, 1)) {}

  now(): number {
    return this.startMs + this.#elapsedMs;
  }

  monotonicMs(): number {
    return this.#elapsedMs;
  }

  after(ms: number, action: () => void | Promise<void>): Timer {
    const due: Due = { atMs: this.#elapsedMs + Math.max(0, ms), order: (this.#order += 1), action };
    this.#due.add(due);
    return { cancel: () => void this.#due.delete(due) };
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error);
      const onAbort = (): void => {
        timer.cancel();
        reject(signal?.reason as Error);
      };
      const timer = this.after(ms, () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      });
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  /**
   * Moves time forward, running what falls due in order; resolves when the promises that the actions
   * returned have settled, so that the work of a loop's tick is done when `advance` is.
   */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#elapsedMs + ms;
    for (let due = this.#nextDue(untilMs); due !== null; due = this.#nextDue(untilMs)) {
      this.#due.delete(due);
      this.#elapsedMs = Math.max(this.#elapsedMs, due.atMs);
      await due.action();
    }
    this.#elapsedMs = untilMs;
  }

  /** Timers that wait; a test can check that nothing was left behind. */
  get pending(): number {
    return this.#due.size;
  }

  #nextDue(untilMs: number): Due | null {
    let next: Due | null = null;
    for (const due of this.#due) {
      if (due.atMs > untilMs) continue;
      if (next === null || due.atMs < next.atMs || (due.atMs === next.atMs && due.order < next.order))
        next = due;
    }
    return next;
  }
}

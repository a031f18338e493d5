import type { Clock } from './clock.js';

/** Says that something did not answer in time; `what` names it for people. */
export class DeadlineExceeded extends Error {
  constructor(
    readonly what: string,
    readonly afterMs: number,
  ) {
    super(`${what} did not answer within ${afterMs} ms`);
    this.name = 'DeadlineExceeded';
  }
}

/** Settles as `work` does, or rejects with DeadlineExceeded after `afterMs`. The work itself is not stopped. */
export function withDeadline<T>(clock: Clock, what: string, afterMs: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(afterMs, () => reject(new DeadlineExceeded(what, afterMs)));
    work.then(resolve, reject).finally(() => timer.cancel());
  });
}

/** Everything in the client that depends on when it runs; tests give another. */
export interface Timing {
  /** Milliseconds since 1970, only for what is kept beyond this process. */
  readonly nowMs: () => number;
  /** Milliseconds since some fixed point; never jumps. */
  readonly monotonicMs: () => number;
  /** Resolves after `ms`; rejects with the signal's reason as soon as it is aborted. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
}

/* eslint-disable no-restricted-properties, no-restricted-globals -- a library for browsers too has no clock injected */
export const systemTiming: Timing = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  random: () => Math.random(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      const onAbort = (): void => {
        clearTimeout(timer);
        reject(signal?.reason as Error);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      }, ms);
      if (signal?.aborted === true) onAbort();
      else signal?.addEventListener('abort', onAbort, { once: true });
    }),
};

/** A timer that was set; cancelling it twice, or after it fired, is harmless. */
export interface Timer {
  cancel(): void;
}

/**
 * The only source of time. There is a system clock for the composition roots and a manual one for tests
 * and the simulator, so that nothing else depends on when it runs.
 */
export interface Clock {
  /** Wall time in milliseconds since 1970. May jump; only for dates that people and other machines see. */
  now(): number;
  /** Milliseconds since some fixed point. Never jumps; for every time-out. */
  monotonicMs(): number;
  /** Resolves after `ms`; rejects with the signal's reason as soon as it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Runs `action` once after `ms`. An async action's rejection is a bug of the caller. */
  after(ms: number, action: () => void | Promise<void>): Timer;
}

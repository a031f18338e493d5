import type { Clock, Timer } from './clock.js';
import type { Log } from './log.js';

export interface LoopOptions {
  readonly name: string;
  readonly periodMs: number;
  /** Takes no input and is idempotent: it compares what is with what should be, so that running twice is harmless. */
  readonly body: () => Promise<void>;
}

export interface Loop {
  /** Runs the body soon, without waiting for the period; calls during a run lead to exactly one more. */
  wake(): void;
  /** Runs the body now (or joins the next run) and resolves when it has ended. */
  run(): Promise<void>;
  /** Stops; resolves when a body in flight has ended. */
  stop(): Promise<void>;
}

/**
 * Calls `body` every period and when woken, never twice at once. A body that throws is logged and tried
 * again at the next period: a loop ends only when it is stopped.
 */
export function startLoop(clock: Clock, log: Log, options: LoopOptions): Loop {
  let timer: Timer | null = null;
  let running: Promise<void> | null = null;
  let next: Promise<void> | null = null;
  let stopped = false;

  const once = async (): Promise<void> => {
    timer?.cancel();
    timer = null;
    try {
      await options.body();
    } catch (cause) {
      log.error({ err: cause, loop: options.name }, 'a loop failed and will run again');
    }
    if (!stopped) timer = clock.after(options.periodMs, run);
  };

  function run(): Promise<void> {
    if (stopped) return running ?? Promise.resolve();
    if (running === null) {
      running = once().finally(() => {
        running = null;
      });
      return running;
    }
    next ??= running.then(() => {
      next = null;
      return run();
    });
    return next;
  }

  timer = clock.after(options.periodMs, run);
  return {
    wake: () => void run(),
    run,
    async stop() {
      stopped = true;
      timer?.cancel();
      await running;
    },
  };
}

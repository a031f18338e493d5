import type { Clock } from './clock.js';
import type { Log } from './log.js';

/** Longer than any orderly stop takes; what hangs then would hang for ever. */
const PATIENCE_MS = 20_000;

/**
 * Calls `stop` once on SIGTERM, SIGINT or SIGHUP. The process then ends because nothing is left to do, or after 20 s in
 * any case. Further signals change nothing: one Ctrl-C often arrives twice, from the terminal and from a wrapper.
 */
export function stopOnSignals(log: Log, clock: Clock, stop: () => Promise<void>): void {
  let stopping = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'stopping');
    clock.after(PATIENCE_MS, () => {
      log.error(`not stopped after ${PATIENCE_MS} ms; ending all the same`);
      process.exit(1);
    });
    stop().then(
      () => log.info('stopped'),
      (cause: unknown) => {
        log.error({ err: cause }, 'stopping failed');
        process.exitCode = 1;
      },
    );
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, onSignal);
}

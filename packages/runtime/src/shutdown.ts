import type { Clock } from './clock.js';
import type { Log } from './log.js';

/** Longer than any orderly stop takes; what hangs then would hang for ever. */
const PATIENCE_MS = 30_000;

/** What a program does on SIGHUP instead of stopping, as services do. */
export interface SignalOptions {
  /** Reads again what may be changed while it runs. A rejection is logged, and nothing stops. */
  readonly reload?: () => Promise<void>;
}

/**
 * Calls `stop` once on SIGTERM or SIGINT, and on SIGHUP unless there is something to reload. The process then ends because
 * nothing is left to do, or after 30 s in any case. Further signals change nothing: one Ctrl-C often arrives twice, from
 * the terminal and from a wrapper.
 */
export function stopOnSignals(
  log: Log,
  clock: Clock,
  stop: () => Promise<void>,
  { reload }: SignalOptions = {},
): void {
  let stopping = false;
  const onStop = (signal: NodeJS.Signals): void => {
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
  process.on('SIGTERM', onStop);
  process.on('SIGINT', onStop);
  if (reload === undefined) process.on('SIGHUP', onStop);
  else process.on('SIGHUP', () => void reloadOnce(log, reload));
}

async function reloadOnce(log: Log, reload: () => Promise<void>): Promise<void> {
  log.info({ signal: 'SIGHUP' }, 'reloading');
  try {
    await reload();
  } catch (cause) {
    log.error({ err: cause }, 'reloading failed; what was loaded before stays in use');
  }
}

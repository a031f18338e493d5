import type { Log } from './log.js';

/**
 * Calls `stop` once on SIGTERM or SIGINT. The process then ends because nothing is left to do; a second
 * signal ends it at once, for people who are in a hurry.
 */
export function stopOnSignals(log: Log, stop: () => Promise<void>): void {
  let stopping = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stopping) process.exit(130);
    stopping = true;
    log.info({ signal }, 'stopping');
    stop().then(
      () => log.info('stopped'),
      (cause: unknown) => {
        log.error({ err: cause }, 'stopping failed');
        process.exitCode = 1;
      },
    );
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}

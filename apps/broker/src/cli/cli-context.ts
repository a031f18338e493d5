import type { Clock } from '@dcvsm/runtime';

/** What every subcommand gets from `main.ts`. */
export interface CliContext {
  /** Of this package, as `--version` prints it. */
  readonly version: string;
  readonly clock: Clock;
}

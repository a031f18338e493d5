import type { Clock } from '@dcvsm/runtime';

/** What commands get from `main.ts`: nothing here reads the process itself. */
export interface CliContext {
  /** Of this package, as `--version` prints it. */
  readonly version: string;
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** Folder of the user. */
  readonly homeFolder: string;
  /** Folder in which the command was typed. */
  readonly workingFolder: string;
  /** Folder of this package; the original keeps a configuration file below it. */
  readonly programFolder: string;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  /** Aborted by Ctrl-C. */
  readonly interrupted: AbortSignal;
}

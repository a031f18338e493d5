/** Exit codes of the original (its guide, "Return codes"); decision 60 says where ours draws the lines. */
export const EXIT = {
  ok: 0,
  /** The configuration file is missing or cannot be read as one. */
  configFile: 1,
  /** The command line cannot be read: no such command, something missing. */
  commandLine: 2,
  interrupted: 130,
  /** An option that does not exist, or a value that is not right for it. */
  badValue: 252,
  /** The environment or the configuration lacks something, or has a wrong value. */
  configuration: 253,
  /** The broker answered with an error. */
  service: 254,
  /** Anything else, such as a broker that is not reached. */
  other: 255,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends the command with words for whoever typed it. */
export class CliError extends Error {
  constructor(
    readonly exitCode: ExitCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'CliError';
  }
}

export const badValue = (message: string): CliError => new CliError(EXIT.badValue, message);

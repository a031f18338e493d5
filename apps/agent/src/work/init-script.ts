export interface InitScript {
  /** Absolute paths. */
  readonly autorunFile: string;
  readonly autorunArguments: readonly string[];
  /** Starts the desktop; without one the session lasts as long as the program. */
  readonly initFile: string | undefined;
}

/**
 * The script given to `dcv create-session --init` for a session with an AutorunFile: the documented command
 * has no option for such a program, so the script starts it and then becomes the desktop.
 */
export function renderInitScript({ autorunFile, autorunArguments, initFile }: InitScript): string {
  const program = [autorunFile, ...autorunArguments].map(quoteForShell).join(' ');
  const desktop = initFile === undefined ? 'wait' : `exec ${quoteForShell(initFile)} "$@"`;
  return [
    '#!/bin/sh',
    '# Made by the DCV Session Manager agent for one session and removed after it.',
    `${program} &`,
    desktop,
    '',
  ].join('\n');
}

/** One word of a POSIX shell, whatever it contains. */
export function quoteForShell(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

import { chmod, writeFile } from 'node:fs/promises';

export interface Launcher {
  /** The script to write. */
  readonly file: string;
  readonly node: string;
  /** The built main file of this package. */
  readonly program: string;
  readonly stateDir: string;
}

/** A word for the shell that means exactly the text. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

export function launcherScript({ node, program, stateDir }: Omit<Launcher, 'file'>): string {
  return [
    '#!/bin/sh',
    '# A stand-in for the dcv command of the Amazon DCV server, for development. It is not the DCV server.',
    `exec ${quoted(node)} ${quoted(program)} cli --state-dir ${quoted(stateDir)} "$@"`,
    '',
  ].join('\n');
}

/** Writes the `dcv` command of a state folder. */
export async function writeLauncher(launcher: Launcher): Promise<void> {
  await writeFile(launcher.file, launcherScript(launcher), { mode: 0o755 });
  await chmod(launcher.file, 0o755);
}

import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { Readable } from 'node:stream';
import type { Clock } from '@dcvsm/runtime';

const GRACE_MS = 3_000;

export interface ProgramOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** Its output is appended to this file. */
  readonly logFile: string;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A program in a process group of its own, so that all it starts can be ended with it. */
export class Program {
  readonly exited: Promise<Exit>;
  /** What the program writes to its file descriptor 3. */
  readonly extraOutput: Readable;
  readonly #child: ChildProcess;
  #hasExited = false;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.extraOutput = child.stdio[3] as Readable;
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.#hasExited = true;
        resolve({ code, signal });
      });
    });
  }

  /** @throws Error if the program cannot be started */
  static async start(options: ProgramOptions): Promise<Program> {
    const log = openSync(options.logFile, 'a', 0o600);
    try {
      const stdio: StdioOptions = ['ignore', log, log, 'pipe'];
      const { cwd, env } = options;
      const child = spawn(options.command, [...options.args], { detached: true, stdio, cwd, env });
      const program = new Program(child);
      await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
      return program;
    } finally {
      closeSync(log);
    }
  }

  /** Ends the program and its process group: politely, and by force after three seconds. */
  async stop(clock: Clock): Promise<void> {
    this.#signalGroup('SIGTERM');
    const force = clock.after(GRACE_MS, () => this.#signalGroup('SIGKILL'));
    await this.exited;
    force.cancel();
    this.extraOutput.destroy();
  }

  #signalGroup(signal: NodeJS.Signals): void {
    // The pid of a program that has ended may belong to a stranger by now.
    if (this.#child.pid === undefined || this.#hasExited) return;
    try {
      process.kill(-this.#child.pid, signal);
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'ESRCH') throw cause;
    }
  }
}

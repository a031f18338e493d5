import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { withDeadline, type Clock } from '@dcvsm/runtime';

export interface ChildOptions {
  /** For people. */
  readonly name: string;
  /** JavaScript file and its arguments. */
  readonly command: readonly string[];
  /** Both outputs are appended here. */
  readonly logFile: string;
}

const STOP_TIMEOUT_MS = 10_000;
const LAST_LINES = 20;

/** One of our programs as a process, with its output in a file and its life in our hands. */
export class Child {
  readonly name: string;
  readonly #process: ChildProcess;
  readonly #exited: Promise<void>;
  readonly #lastLines: string[] = [];
  readonly #waiting = new Set<(line: string) => void>();
  #isGone = false;
  #exitCode: number | null = null;

  constructor({ name, command, logFile }: ChildOptions) {
    this.name = name;
    const log = createWriteStream(logFile, { flags: 'a' });
    // Its own process group: Ctrl-C reaches only us, and we stop everything in order.
    this.#process = spawn(process.execPath, [...command], {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    this.#exited = new Promise((resolve) => {
      this.#process.once('close', (code) => {
        this.#isGone = true;
        this.#exitCode = code;
        log.end();
        resolve();
      });
    });
    this.#read(log);
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  /** With which it ended; null: it runs, or a signal ended it. */
  get exitCode(): number | null {
    return this.#exitCode;
  }

  /** Resolves when the process has ended, for whatever reason. */
  get exited(): Promise<void> {
    return this.#exited;
  }

  /** What it said last, for an error message. */
  get lastWords(): string {
    return this.#lastLines.join('\n');
  }

  /**
   * Resolves with the first line of output for which `read` gives a value.
   * @rejects when the process ends first or the time is over; the message has its last words.
   */
  async line<T>(clock: Clock, timeoutMs: number, read: (line: string) => T | null): Promise<T> {
    const found = new Promise<T>((resolve, reject) => {
      const listener = (line: string): void => {
        const value = read(line);
        if (value === null) return;
        this.#waiting.delete(listener);
        resolve(value);
      };
      this.#waiting.add(listener);
      void this.#exited.then(() => reject(new Error(`${this.name} ended at its start:\n${this.lastWords}`)));
    });
    return withDeadline(clock, this.name, timeoutMs, found);
  }

  signal(signal: NodeJS.Signals): void {
    if (!this.#isGone) this.#process.kill(signal);
  }

  /** Ends it in the friendly way, and after a while in the other. */
  async stop(clock: Clock): Promise<void> {
    this.signal('SIGTERM');
    const impatience = clock.after(STOP_TIMEOUT_MS, () => this.signal('SIGKILL'));
    await this.#exited;
    impatience.cancel();
  }

  #read(log: WriteStream): void {
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      if (stream === null) continue;
      stream.pipe(log, { end: false });
      createInterface({ input: stream }).on('line', (line) => {
        this.#lastLines.push(line);
        if (this.#lastLines.length > LAST_LINES) this.#lastLines.shift();
        for (const listener of [...this.#waiting]) listener(line);
      });
    }
  }
}

import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

interface Reply {
  readonly answer?: unknown;
  readonly error?: string;
}

/** Processes that must not outlive this one. */
const alive = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

/** Ends the process with this one, at the latest. */
export function keepTrackOf(child: ChildProcess): void {
  alive.add(child);
  child.once('exit', () => alive.delete(child));
}

/** One of our programs in a process of its own, asked one thing at a time. */
export class Child {
  readonly #process: ChildProcess;
  readonly #name: string;
  #isStopping = false;

  private constructor(name: string, child: ChildProcess) {
    this.#name = name;
    this.#process = child;
    // Uncaught on purpose: whatever was being measured, without this process it is something else.
    child.once('exit', (code, signal) => {
      if (!this.#isStopping) throw new Error(`${name} ended by itself with ${code ?? signal}`);
    });
  }

  /** `name`: file name without suffix in `programs/`. */
  static start(name: string): Child {
    const program = fileURLToPath(new URL(`../programs/${name}.js`, import.meta.url));
    const child = fork(program, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    keepTrackOf(child);
    return new Child(name, child);
  }

  get pid(): number {
    const { pid } = this.#process;
    if (pid === undefined) throw new Error(`${this.#name} could not be started`);
    return pid;
  }

  /** @rejects with what went wrong in the process. */
  ask<Answer>(question: unknown): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#process.once('message', (reply: Reply) => {
        if (reply.error === undefined) resolve(reply.answer as Answer);
        else reject(new Error(`${this.#name}: ${reply.error}`));
      });
      this.#process.send(question as object);
    });
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    await new Promise<void>((resolve) => {
      this.#process.once('exit', () => resolve());
      this.#process.kill('SIGKILL');
    });
  }
}

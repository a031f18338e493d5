import type { Log } from '@dcvsm/runtime';
import type { OperationRunner } from './sql/sql-store.js';
import type { Operation } from './sql/statement.js';
import { isConstraintViolation, storeError, type SqliteConnection } from './sqlite-connection.js';
import { StoreUnavailable } from './store-error.js';

interface Waiting {
  /** Null: only waits for its turn. */
  readonly operation: Operation<unknown> | null;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
}

type Attempt =
  | { readonly outcome: 'committed'; readonly answers: readonly unknown[] }
  | { readonly outcome: 'refused'; readonly culprit: Waiting; readonly error: unknown }
  | { readonly outcome: 'failed'; readonly error: unknown };

/** Bounds how long one turn of the event loop is kept busy. */
const MAX_OPERATIONS = 500;

/**
 * Runs the operations that were asked for in one turn of the event loop in one transaction, in the order of the
 * calls, and answers after its commit: waiting for the disk costs most of a durable write, and so it is paid once
 * for all of them. Whatever an operation throws, nothing of it is kept.
 */
export class GroupCommit implements OperationRunner {
  #waiting: Waiting[] = [];
  #isScheduled = false;
  #closed: Promise<void> | null = null;

  /** Takes an open connection; it is closed with the group. */
  constructor(
    readonly connection: SqliteConnection,
    readonly log?: Log,
  ) {}

  get name(): string {
    return this.connection.path;
  }

  /**
   * Rejects with what the operation throws; when the database fails, with StoreUnavailable or StoreDamaged for
   * every operation of the group. The next group is tried afresh.
   */
  run<T>(operation: Operation<T>): Promise<T> {
    if (this.#closed !== null)
      return Promise.reject(new StoreUnavailable(`The store ${this.connection.path} is closed.`));
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ operation, resolve: (answer) => resolve(answer as T), reject });
      this.#schedule();
    });
  }

  /** Resolves when everything that was asked for before has been answered; refuses what is asked afterwards. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#waiting.push({ operation: null, resolve: () => resolve(), reject: () => resolve() });
      this.#schedule();
    });
    try {
      this.connection.close();
    } catch (error) {
      // Everything answered is in the log and is read from there at the next start.
      this.log?.warn({ err: error }, 'The store was closed, but its log could not be folded into the file.');
    }
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      const group = this.#waiting.splice(0, MAX_OPERATIONS);
      if (this.#waiting.length > 0) this.#schedule();
      this.#answer(group);
    });
  }

  /** An operation that throws is answered alone; the others of its group are run again without it. */
  #answer(group: readonly Waiting[]): void {
    let rest = group;
    while (rest.length > 0) {
      const attempt = this.#attempt(rest);
      if (attempt.outcome === 'refused') {
        attempt.culprit.reject(attempt.error);
        rest = rest.filter((waiting) => waiting !== attempt.culprit);
        continue;
      }
      rest.forEach((waiting, index) => {
        if (attempt.outcome === 'committed') waiting.resolve(attempt.answers[index]);
        else waiting.reject(attempt.error);
      });
      return;
    }
  }

  #attempt(group: readonly Waiting[]): Attempt {
    let running: Waiting | null = null;
    try {
      const answers: unknown[] = [];
      this.connection.begin();
      for (running of group) answers.push(this.#run(running.operation));
      running = null;
      this.connection.commit();
      return { outcome: 'committed', answers };
    } catch (error) {
      const failure = this.#rollBack() ?? this.#failureOf(error);
      if (failure !== null) return { outcome: 'failed', error: failure };
      if (running !== null) return { outcome: 'refused', culprit: running, error };
      return { outcome: 'failed', error };
    }
  }

  #run(operation: Operation<unknown> | null): unknown {
    if (operation === null) return undefined;
    const steps = operation.steps(false);
    let step = steps.next();
    while (step.done !== true) step = steps.next(this.connection.execute(step.value));
    return step.value;
  }

  /** @returns why rolling back failed, null if it did not; the next group begins by trying it again */
  #rollBack(): unknown {
    try {
      this.connection.rollback();
      return null;
    } catch (error) {
      return storeError(this.connection.path, error);
    }
  }

  /** @returns null if the error is the operation's own */
  #failureOf(error: unknown): unknown {
    const meaning = storeError(this.connection.path, error);
    return meaning === error || isConstraintViolation(error) ? null : meaning;
  }
}

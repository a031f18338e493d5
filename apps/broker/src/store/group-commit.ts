import {
  isConstraintViolation,
  storeError,
  type SqliteConnection,
  type Transaction,
} from './sqlite-connection.js';
import { StoreUnavailable } from './store-error.js';

/** Reads and writes inside the open transaction. Whatever it throws, nothing of it is kept. */
export type Operation<T> = (transaction: Transaction) => T;

interface Waiting {
  readonly operation: Operation<unknown>;
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
 * for all of them.
 */
export class GroupCommit {
  #waiting: Waiting[] = [];
  #isScheduled = false;
  #isClosed = false;

  constructor(readonly connection: SqliteConnection) {}

  /**
   * Rejects with what the operation throws; when the database fails, with StoreUnavailable or StoreDamaged for
   * every operation of the group. The next group is tried afresh.
   */
  run<T>(operation: Operation<T>): Promise<T> {
    if (this.#isClosed)
      return Promise.reject(new StoreUnavailable(`The store ${this.connection.path} is closed.`));
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ operation, resolve: (answer) => resolve(answer as T), reject });
      this.#schedule();
    });
  }

  /** Resolves when everything that was asked for before has been answered; refuses what is asked afterwards. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    const drained = new Promise<void>((resolve) => {
      this.#waiting.push({ operation: () => undefined, resolve: () => resolve(), reject: () => resolve() });
      this.#schedule();
    });
    this.#isClosed = true;
    await drained;
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
      for (running of group) answers.push(running.operation(this.connection));
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

import { isNativeError } from 'node:util/types';
import { backoffMs, type Clock, type Log, type Random } from '@dcvsm/runtime';
import type { OperationRunner } from '../sql/sql-store.js';
import { isRead, type Operation } from '../sql/statement.js';
import { StoreUnavailable } from '../store-error.js';
import { ConnectionPool } from './connection-pool.js';
import { Deadline } from './deadline.js';
import { OrderedWork } from './ordered-work.js';
import { AnswerTimedOut, type SqlServer, type SqlSession, type Trouble } from './sql-server.js';

export interface PooledTransactionsOptions {
  readonly server: SqlServer;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly limits?: Partial<PoolLimits>;
}

export interface PoolLimits {
  readonly maxConnections: number;
  /** From the first connection to the answer, repeats included; and before it, as long as nothing moves. */
  readonly answerMs: number;
  /** The same for what reads or writes the whole store. */
  readonly wholeStoreMs: number;
}

/** Callers are told within two seconds that the database does not answer. */
const LIMITS: PoolLimits = { maxConnections: 10, answerMs: 1800, wholeStoreMs: 600_000 };
const MAX_REPEATS = 3;
const REPEAT_DELAY = { firstMs: 20, longestMs: 300 };

type Attempt<T> =
  | { readonly kind: 'answered'; readonly answer: T }
  | {
      readonly kind: 'troubled';
      readonly trouble: Trouble;
      readonly error: unknown;
      /** The connection was lost while the commit was under way. */
      readonly mayBeKept: boolean;
    };

/**
 * Runs operations on a database server, each in a transaction on a connection of its own. What a deadlock, a lock or a
 * lost connection ended is repeated at most three times; a repeat after a commit that was not answered knows its own work again.
 */
export class PooledTransactions implements OperationRunner {
  readonly name: string;
  readonly #options: PooledTransactionsOptions;
  readonly #limits: PoolLimits;
  readonly #pool: ConnectionPool;
  readonly #order = new OrderedWork();
  #closed: Promise<void> | null = null;

  constructor(options: PooledTransactionsOptions) {
    this.#options = options;
    this.#limits = { ...LIMITS, ...options.limits };
    this.name = options.server.name;
    this.#pool = new ConnectionPool({ ...options, maxConnections: this.#limits.maxConnections });
  }

  run<T>(operation: Operation<T>): Promise<T> {
    if (this.#closed !== null)
      return Promise.reject(new StoreUnavailable(`The store ${this.name} is closed.`));
    const isLong = operation.kind === 'snapshot' || operation.kind === 'bulk';
    const limitMs = isLong ? this.#limits.wholeStoreMs : this.#limits.answerMs;
    const deadline = new Deadline(this.#options.clock, this.#pool, limitMs);
    return this.#order.run(operation.subjects, () => this.#repeatedly(operation, deadline));
  }

  close(): Promise<void> {
    this.#closed ??= this.#order.idle().then(() => this.#pool.close());
    return this.#closed;
  }

  async #repeatedly<T>(operation: Operation<T>, deadline: Deadline): Promise<T> {
    const { clock, random, log } = this.#options;
    let mayBeKept = false;
    for (let repeat = 0; ; repeat += 1) {
      const attempt: Attempt<T> = await this.#attempt(operation, { isRepeat: mayBeKept, deadline });
      if (attempt.kind === 'answered') return attempt.answer;
      mayBeKept ||= attempt.mayBeKept;
      const { trouble, error } = attempt;
      if (trouble === 'other') throw error;
      const delayMs = backoffMs(REPEAT_DELAY, repeat, random);
      const isTooLate = delayMs >= deadline.leftMs;
      if (trouble === 'failed' || repeat === MAX_REPEATS || isTooLate)
        throw this.#unavailable(error, mayBeKept);
      log.debug({ err: error, repeat, store: this.name }, 'A transaction is repeated.');
      await clock.sleep(delayMs);
    }
  }

  async #attempt<T>(
    operation: Operation<T>,
    { isRepeat, deadline }: { readonly isRepeat: boolean; readonly deadline: Deadline },
  ): Promise<Attempt<T>> {
    let session: SqlSession;
    try {
      session = await this.#pool.take(deadline);
      deadline.start();
    } catch (error) {
      // Whatever keeps us from connecting, such as a certificate that is not trusted, is the database's.
      const trouble = this.#troubleOf(error) === 'lost' ? 'lost' : 'failed';
      return { kind: 'troubled', trouble, error, mayBeKept: false };
    }
    const work = new Work(operation, session, isRepeat);
    try {
      const answer = await this.#inTime(work.run(), session, deadline);
      return { kind: 'answered', answer };
    } catch (error) {
      // Drivers have many words for a connection that ended under them.
      const trouble = session.isLost ? 'lost' : this.#troubleOf(error);
      if (trouble === 'lost') session.destroy();
      else await this.#rollBack(session, deadline);
      const mayBeKept = trouble === 'lost' && work.isCommitting;
      return { kind: 'troubled', trouble, error, mayBeKept };
    } finally {
      this.#pool.giveBack(session);
    }
  }

  async #rollBack(session: SqlSession, deadline: Deadline): Promise<void> {
    try {
      await this.#inTime(session.rollback(), session, deadline);
    } catch (error) {
      // The server does it when the connection is gone.
      session.destroy();
      this.#options.log.debug({ err: error, store: this.name }, 'A transaction could not be rolled back.');
    }
  }

  /** Settles as `work` does; when the time is over the connection is cut, so that nothing of it is kept later. */
  #inTime<T>(work: Promise<T>, session: SqlSession, deadline: Deadline): Promise<T> {
    const { clock } = this.#options;
    return new Promise((resolve, reject) => {
      const timer = clock.after(deadline.leftMs, () => {
        session.destroy();
        reject(new AnswerTimedOut(this.name));
      });
      work.then(resolve, reject).finally(() => timer.cancel());
    });
  }

  #troubleOf(error: unknown): Trouble {
    return error instanceof AnswerTimedOut ? 'lost' : this.#options.server.troubleOf(error);
  }

  #unavailable(error: unknown, mayBeKept: boolean): StoreUnavailable {
    const words = isNativeError(error) ? error.message : String(error);
    const known = mayBeKept ? ' Whether the last change was kept is not known.' : '';
    return new StoreUnavailable(`The store ${this.name} does not answer (${words}).${known}`, {
      cause: error,
      mayBeKept,
    });
  }
}

/** One run of an operation on one connection. */
class Work<T> {
  /** From here on the server may have kept the change without our hearing of it. */
  isCommitting = false;

  constructor(
    readonly operation: Operation<T>,
    readonly session: SqlSession,
    readonly isRepeat: boolean,
  ) {}

  async run(): Promise<T> {
    const { kind } = this.operation;
    if (kind === 'statement') return this.#steps();
    await this.session.begin(kind === 'snapshot' ? 'snapshot' : 'transaction');
    const answer = await this.#steps();
    this.isCommitting = kind !== 'snapshot';
    await this.session.commit();
    return answer;
  }

  async #steps(): Promise<T> {
    const steps = this.operation.steps(this.isRepeat);
    let step = steps.next();
    while (step.done !== true) {
      if (this.operation.kind === 'statement') this.isCommitting ||= !isRead(step.value.sql);
      step = steps.next(await this.session.execute(step.value));
    }
    return step.value;
  }
}

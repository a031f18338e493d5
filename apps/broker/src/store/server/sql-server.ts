import type { Answer, Statement } from '../sql/statement.js';

/** One connection to a database server. Its calls are made one after the other. */
export interface SqlSession {
  execute(statement: Statement): Promise<Answer>;
  /** `snapshot`: what is read is of one moment, and nothing is written. */
  begin(kind: 'transaction' | 'snapshot'): Promise<void>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
  /** Cut, by either side. */
  readonly isLost: boolean;
  /** Cuts the connection at once; what was under way may never be answered. */
  destroy(): void;
  /** Takes leave of the server. */
  end(): Promise<void>;
}

/**
 * What went wrong, as far as it matters for what to do.
 * - `again`: nothing was kept, and the same may succeed now: a deadlock, a lock that was not given in time, a unique
 *   name that somebody took after we had looked.
 * - `lost`: the connection is gone, or leads to a server that is leaving or may not write; another may do.
 * - `failed`: the server refuses: no space, no rights, too many connections.
 * - `other`: not the database's.
 */
export type Trouble = 'again' | 'lost' | 'failed' | 'other';

/** One kind of database server: MySQL with MariaDB, or PostgreSQL. */
export interface SqlServer {
  /** Address without credentials, for people. */
  readonly name: string;
  connect(): Promise<SqlSession>;
  troubleOf(error: unknown): Trouble;
  /** The tables, as steps that are never changed once they are released; each step's statements can be run again. */
  readonly steps: readonly (readonly string[])[];
  /** Waits until no other broker migrates this database; the lock ends with the session. */
  lockForMigration(session: SqlSession): Promise<void>;
  /** Names of the tables of the database, in lower case. */
  tables(session: SqlSession): Promise<readonly string[]>;
  /** Makes the database itself if it is missing and the address allows it. */
  createDatabase(): Promise<void>;
}

/** What a driver says of its end of the connection, and what the system says. */
const NETWORK_CODES = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_WRITE_AFTER_END',
]);

export function isNetworkError(error: Error): boolean {
  return 'code' in error && typeof error.code === 'string' && NETWORK_CODES.has(error.code);
}

/** Stands for an answer that did not come in time; the connection that it was awaited on was cut. */
export class AnswerTimedOut extends Error {
  constructor(what: string) {
    super(`${what} did not answer in time`);
    this.name = 'AnswerTimedOut';
  }
}

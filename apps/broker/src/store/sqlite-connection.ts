import Database from 'libsql';
import { StoreDamaged, StoreInUse, StoreUnavailable } from './store-error.js';

/** What an operation may do with the open transaction. Values are bound, never put into the text. */
export interface Transaction {
  /** @returns how many rows changed */
  run(sql: string, ...values: readonly SqlValue[]): number;
  /** @returns the first row, undefined if there is none */
  get(sql: string, ...values: readonly SqlValue[]): unknown;
  all(sql: string, ...values: readonly SqlValue[]): readonly unknown[];
}
export type SqlValue = string | number | null;

const BUSY_TIMEOUT_MS = 1000;

/** One open database file, held exclusively, with its prepared statements. */
export class SqliteConnection implements Transaction {
  readonly #database: Database.Database;
  readonly #statements = new Map<string, Database.Statement>();

  /** @throws StoreInUse, StoreDamaged, StoreUnavailable */
  constructor(readonly path: string) {
    try {
      this.#database = new Database(path, { timeout: BUSY_TIMEOUT_MS });
    } catch (error) {
      throw storeError(path, error);
    }
    try {
      this.#hold();
    } catch (error) {
      this.#database.close();
      throw isBusy(error) ? new StoreInUse(path, { cause: error }) : storeError(path, error);
    }
  }

  run(sql: string, ...values: readonly SqlValue[]): number {
    return this.#statement(sql).run(values).changes;
  }

  get(sql: string, ...values: readonly SqlValue[]): unknown {
    return this.#statement(sql).get(values);
  }

  all(sql: string, ...values: readonly SqlValue[]): readonly unknown[] {
    return this.#statement(sql).all(values);
  }

  /** Several statements at once, without values. */
  script(sql: string): void {
    this.#database.exec(sql);
  }

  begin(): void {
    this.rollback();
    this.#database.exec('BEGIN IMMEDIATE');
  }

  commit(): void {
    this.#database.exec('COMMIT');
  }

  /** SQLite itself has already rolled back after some errors, a full disk for one. */
  rollback(): void {
    if (this.#database.inTransaction) this.#database.exec('ROLLBACK');
  }

  /**
   * Folds the log into the one file, so that a copy of it is a whole backup, and lets the file go. The driver
   * keeps a closed connection, and its lock, until its statements are collected as garbage; so the lock is given
   * back first. Closes in any case.
   */
  close(): void {
    this.#statements.clear();
    try {
      this.rollback();
      this.#database.pragma('journal_mode = DELETE');
      this.#database.pragma('locking_mode = NORMAL');
      this.#database.prepare('SELECT count(*) FROM sqlite_schema').get();
    } catch (error) {
      throw storeError(this.path, error);
    } finally {
      this.#database.close();
    }
  }

  /** The lock is taken by the first transaction in exclusive mode and kept until the file is let go. */
  #hold(): void {
    this.#database.pragma('journal_mode = WAL');
    this.#database.pragma('synchronous = FULL');
    this.#database.pragma('foreign_keys = ON');
    this.#database.pragma('locking_mode = EXCLUSIVE');
    this.#database.exec('BEGIN IMMEDIATE');
    this.#database.exec('COMMIT');
  }

  #statement(sql: string): Database.Statement {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

/** Says what an error of the driver means for the store; errors that are not the driver's pass through. */
export function storeError(path: string, error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const code = sqliteCode(error);
  if (code === null) return error;
  if (code.startsWith('SQLITE_CORRUPT') || code.startsWith('SQLITE_NOTADB'))
    return new StoreDamaged(path, `is damaged (${error.message})`, 'Restore the file from a backup.', {
      cause: error,
    });
  return new StoreUnavailable(
    `The store ${path} does not answer (${error.message}). Check free space and access rights there.`,
    { cause: error },
  );
}

/** A statement that broke a rule of the schema: a fault of the call, not of the store. */
export function isConstraintViolation(error: unknown): boolean {
  return error instanceof Error && (sqliteCode(error)?.startsWith('SQLITE_CONSTRAINT') ?? false);
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && (sqliteCode(error)?.startsWith('SQLITE_BUSY') ?? false);
}

/** The driver names most errors by code; those of opening a file only by their text. */
function sqliteCode(error: Error): string | null {
  if (error.message.startsWith('ConnectionFailed(')) return 'SQLITE_CANTOPEN';
  const code: unknown = 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^(UNKNOWN_)?SQLITE_/.test(code) ? code : null;
}

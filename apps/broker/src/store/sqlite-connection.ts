import Database from 'libsql';
import { isRead, Key, type Answer, type SqlValue, type Statement } from './sql/statement.js';
import { StoreDamaged, StoreInUse, StoreUnavailable } from './store-error.js';

const BUSY_TIMEOUT_MS = 1000;

/** One open database file, held exclusively, with its prepared statements. */
export class SqliteConnection {
  readonly #database: Database.Database;
  readonly #statements = new Map<string, PreparedStatement>();

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

  execute({ sql, values }: Statement): Answer {
    const { statement, kind } = this.#prepared(sql);
    const bound = values.map(toBound);
    if (kind === 'change') return { rows: NO_ROWS, count: statement.run(bound).changes };
    const rows = kind === 'row' ? rowOrNone(statement.get(bound)) : statement.all(bound);
    return { rows, count: rows.length };
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

  /** One process alone writes here, in one transaction at a time: no row has to be locked. */
  #prepared(sql: string): PreparedStatement {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql.replace(/ FOR UPDATE$/, ''));
    const prepared = { statement, kind: kindOf(sql) };
    this.#statements.set(sql, prepared);
    return prepared;
  }
}

interface PreparedStatement {
  readonly statement: Database.Statement;
  readonly kind: 'change' | 'row' | 'rows';
}

const NO_ROWS: readonly unknown[] = [];

/** The driver is quicker with one row than with a list of one. */
function kindOf(sql: string): PreparedStatement['kind'] {
  if (!isRead(sql)) return 'change';
  return / LIMIT 1( FOR UPDATE)?$/.test(sql) ? 'row' : 'rows';
}

function rowOrNone(row: unknown): readonly unknown[] {
  return row === undefined ? NO_ROWS : [row];
}

function toBound(value: SqlValue): string | number | null {
  return value instanceof Key ? toText(value.text) : value;
}

/**
 * A key as it is kept: escaped as inside a JSON string. SQLite's text ends at a NUL and has no lone surrogates;
 * escaped, every string of ours is one row of its own.
 */
function toText(value: string): string {
  return JSON.stringify(value).slice(1, -1);
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

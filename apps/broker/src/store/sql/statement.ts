/** Text that a row is looked up by; each database keeps it in the form that its indexes can hold. */
export class Key {
  constructor(readonly text: string) {}
}

export type SqlValue = string | number | null | Key;

/**
 * One statement, the same for every database; values are bound, never put into the text. Written with `?` for a value,
 * `ON CONFLICT DO NOTHING` after an INSERT that may find its key taken, and `FOR UPDATE` after a SELECT whose rows must
 * stay as they are until the end of the transaction; each database's side translates what is called otherwise there.
 */
export interface Statement {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

export interface Answer {
  readonly rows: readonly unknown[];
  /** Rows that were read, or that fitted the condition of a change, whether or not their values are others now. */
  readonly count: number;
}

/**
 * The statements of an operation, each asked for when the answer to the one before is known. The functions that yield
 * them stand at the top of their files: one made anew for each operation would cost more than the operation.
 */
export type Steps<T> = Generator<Statement, T, Answer>;

/**
 * One whole operation, whichever database runs it, and whether it waits for each answer or not: SQLite takes all
 * steps in one go, a server takes them over the network.
 */
export interface Operation<T> {
  /**
   * What it reads or changes. Operations with a subject in common take effect in the order of the calls;
   * `everything` waits for all that was asked before.
   */
  readonly subjects: readonly string[] | 'everything';
  /**
   * `statement`: whole by itself. `transaction`: all or nothing. `snapshot`: reads one moment, and may take long.
   * `bulk`: a transaction that may take long.
   */
  readonly kind: 'statement' | 'transaction' | 'snapshot' | 'bulk';
  /**
   * Refuses before it writes anything. `isRepeat`: an earlier run may have been committed without our hearing of it,
   * so what looks like a refusal may be our own work.
   */
  readonly steps: (isRepeat: boolean) => Steps<T>;
}

/** ```ts
 * const { count } = yield statement('DELETE FROM sessions WHERE "key" = ?', new Key(key));
 * ``` */
export function statement(sql: string, ...values: readonly SqlValue[]): Statement {
  return { sql, values };
}

/** Whether it only reads; everything else is a change. */
export function isRead(sql: string): boolean {
  return /^(SELECT|PRAGMA)\b/.test(sql);
}

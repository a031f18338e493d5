import { statSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import Database from 'libsql';
import { readSqliteHeader } from './sqlite-header.js';

export type DatabaseFound =
  | { readonly kind: 'good' | 'missing' }
  | { readonly kind: 'bad'; readonly problem: string; readonly remedy: string };

const RESTORE = 'restore it from a backup; the broker does not start with less than it had';

/**
 * Looks at the database file of a broker that is down, without changing anything in it; a write-ahead log that was left
 * is read too.
 * @throws what the system says when the file may not be read
 */
export function inspectDatabase(path: string): DatabaseFound {
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (size === undefined) return { kind: 'missing' };
  if (readSqliteHeader(path) === null) return bad('is no SQLite database, or its beginning is lost', RESTORE);
  try {
    const problems = check(path);
    return problems.length === 0 ? { kind: 'good' } : bad(`is damaged (${problems.join('; ')})`, RESTORE);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const isBusy = 'code' in error && String(error.code).includes('SQLITE_BUSY');
    if (!isBusy) return bad(`cannot be read (${error.message})`, RESTORE);
    return bad('is open in another process', 'look for a broker that runs with another configuration');
  }
}

/** The driver has no option for reading only; SQLite takes it from the address. */
function check(path: string): string[] {
  const database = new Database(`${pathToFileURL(path).href}?mode=ro`);
  try {
    const rows = database.prepare('PRAGMA quick_check(3)').all([]) as { readonly quick_check: string }[];
    return rows.map((row) => row.quick_check).filter((text) => text !== 'ok');
  } finally {
    database.close();
  }
}

function bad(problem: string, remedy: string): DatabaseFound {
  return { kind: 'bad', problem, remedy };
}

import { chmodSync, closeSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { readSqliteHeader } from './sqlite-header.js';
import { StoreDamaged, StoreUnavailable } from './store-error.js';

/** The store holds password hashes and signing secrets: nobody but the broker's user may read it. */
const PRIVATE_MODE = 0o600;
const PERMISSION_BITS = 0o777;
const RESTORE = 'Restore the file from a backup.';

export interface PreparedFile {
  readonly isNew: boolean;
  /** Permission bits that were taken away from others. */
  readonly modeRemoved: number;
  /** The last broker did not close the file, and the log that would hold its last changes is gone. */
  readonly logIsMissing: boolean;
}

/**
 * Makes sure that the file is there, whole and private; SQLite gives its -wal file the same mode. To SQLite a
 * file of a few bytes is a good, empty database; here it is refused, because starting with it would silently
 * forget every session.
 * @throws StoreDamaged, StoreUnavailable
 */
export function prepareSqliteFile(path: string): PreparedFile {
  const size = sizeOf(path);
  const logSize = sizeOf(logOf(path));
  if (size === null) {
    if (logSize !== null && logSize > 0) throw orphanedLog(path);
    createPrivate(path);
    return { isNew: true, modeRemoved: 0, logIsMissing: false };
  }
  if (size === 0) throw emptyStore(path);
  const modeRemoved = makePrivate(path);
  const header = readSqliteHeader(path);
  if (header === null)
    throw new StoreDamaged(path, 'is not an SQLite database, or its beginning is lost', RESTORE);
  // Pages that a log still holds may be missing in the file.
  if ((logSize ?? 0) === 0 && size < header.sizeBytes)
    throw new StoreDamaged(path, `is cut off: ${size} of ${header.sizeBytes} bytes are left`, RESTORE);
  return { isNew: false, modeRemoved, logIsMissing: logSize === null && header.usesLog };
}

/** A file without any table of ours, though it was there before: cut off, or a first start that was interrupted. */
export function emptyStore(path: string): StoreDamaged {
  return new StoreDamaged(
    path,
    'is empty',
    'Restore the file from a backup; if this broker never ran before, remove the file and start again.',
  );
}

function orphanedLog(path: string): StoreDamaged {
  return new StoreDamaged(
    path,
    `is missing, but its write-ahead log ${logOf(path)} is there`,
    'Restore the file from a backup; to start with an empty store, remove the log too.',
  );
}

function logOf(path: string): string {
  return `${path}-wal`;
}

function createPrivate(path: string): void {
  try {
    closeSync(openSync(path, 'wx', PRIVATE_MODE));
  } catch (error) {
    throw new StoreUnavailable(
      `The store ${path} cannot be created. ` +
        `The folder ${dirname(path)} must exist, and the broker's user must be able to write there.`,
      { cause: error },
    );
  }
}

function makePrivate(path: string): number {
  const excess = statSync(path).mode & PERMISSION_BITS & ~PRIVATE_MODE;
  if (excess === 0) return 0;
  try {
    chmodSync(path, PRIVATE_MODE);
  } catch (error) {
    throw new StoreUnavailable(
      `The store ${path} is open to other users and its mode cannot be changed. Make the broker's user its owner.`,
      { cause: error },
    );
  }
  return excess;
}

/** @returns null if there is no such file */
function sizeOf(path: string): number | null {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return null;
  if (!found.isFile())
    throw new StoreUnavailable(`The store ${path} is not a file. Name a file in that place.`);
  return found.size;
}

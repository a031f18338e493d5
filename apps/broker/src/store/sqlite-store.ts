import type { Log } from '@dcvsm/runtime';
import { GroupCommit } from './group-commit.js';
import { SqlStore } from './sql/sql-store.js';
import { SqliteConnection, storeError } from './sqlite-connection.js';
import { prepareSqliteFile } from './sqlite-file.js';
import { migrate } from './sqlite-schema.js';

export interface SqliteStoreOptions {
  /** The database file; its folder must exist. Created if it is missing, readable only by the broker's user. */
  readonly path: string;
  readonly log?: Log;
}

/**
 * The store of a single broker: one SQLite file, held exclusively, every answer after a commit that waited for
 * the disk. Calls of one turn of the event loop share a commit; an SQLite error rejects all of them with
 * StoreUnavailable (or StoreDamaged) and keeps none.
 */
export class SqliteStore extends SqlStore {
  /** @throws StoreInUse, StoreDamaged, StoreTooNew, StoreUnavailable: each says what to do */
  static async open(options: SqliteStoreOptions): Promise<SqliteStore> {
    return new SqliteStore(openConnection(options), options.log);
  }

  /** Takes an open connection with the newest schema; it is closed with the store. */
  constructor(connection: SqliteConnection, log?: Log) {
    super(new GroupCommit(connection, log));
  }
}

/** @throws StoreInUse, StoreDamaged, StoreTooNew, StoreUnavailable */
export function openConnection({ path, log }: SqliteStoreOptions): SqliteConnection {
  const file = prepareSqliteFile(path);
  if (file.modeRemoved !== 0)
    log?.warn({ path }, 'The store could be read by other users; its mode is 0600 now.');
  if (file.logIsMissing)
    log?.warn(
      { path },
      'The store was not closed properly and its write-ahead log is gone: the last changes may be missing.',
    );
  const connection = new SqliteConnection(path);
  try {
    migrate(connection, file.isNew);
    return connection;
  } catch (error) {
    const meaning = storeError(path, error);
    letGo(connection, log);
    throw meaning;
  }
}

function letGo(connection: SqliteConnection, log: Log | undefined): void {
  try {
    connection.close();
  } catch (error) {
    log?.debug({ err: error }, 'The store that could not be opened could not be closed in order either.');
  }
}

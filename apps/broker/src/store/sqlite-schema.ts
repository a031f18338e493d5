import { z } from 'zod';
import type { SqliteConnection } from './sqlite-connection.js';
import { emptyStore } from './sqlite-file.js';
import { StoreDamaged, StoreTooNew } from './store-error.js';

/** Marks the file as ours ("DCVS"), so that another program's database is not written to by mistake. */
const APPLICATION_ID = 0x44435653;

/**
 * Forward only: a released step is never changed, the next one is added behind it; its number is the file's
 * `user_version`. Columns are what statements look at; the rest of a record is its JSON body. When a record
 * gets a new required field, a step must give it to the bodies that are already stored.
 */
const STEPS: readonly string[] = [
  `CREATE TABLE sessions (
     key TEXT NOT NULL PRIMARY KEY,
     version INTEGER NOT NULL,
     body TEXT NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE servers (
     id TEXT NOT NULL PRIMARY KEY,
     facts TEXT NOT NULL,
     gate TEXT NOT NULL,
     link_epoch INTEGER NOT NULL,
     placement_version INTEGER NOT NULL,
     registered_at_ms REAL NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE api_clients (
     number INTEGER PRIMARY KEY AUTOINCREMENT,
     id TEXT NOT NULL UNIQUE,
     name TEXT NOT NULL,
     password_hash TEXT NOT NULL,
     active INTEGER NOT NULL,
     created_at_ms REAL NOT NULL
   ) STRICT;
   CREATE UNIQUE INDEX active_api_client_names ON api_clients (name) WHERE active = 1;
   CREATE TABLE secrets (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;`,
  // API clients became one kind of registration. Their texts are escaped as inside JSON already, and no client's
  // hash has a character that bodies escape again.
  `CREATE TABLE registrations (
     number INTEGER PRIMARY KEY AUTOINCREMENT,
     kind TEXT NOT NULL,
     id TEXT NOT NULL,
     unique_name TEXT,
     created_at_ms REAL NOT NULL,
     body TEXT NOT NULL,
     version INTEGER NOT NULL,
     UNIQUE (kind, id),
     UNIQUE (kind, unique_name)
   ) STRICT;
   INSERT INTO registrations (kind, id, unique_name, created_at_ms, body, version)
     SELECT 'api-client', id, CASE active WHEN 1 THEN name END, created_at_ms,
       '{"name":"' || name || '","active":' || CASE active WHEN 1 THEN 'true' ELSE 'false' END ||
       ',"passwordHash":"' || password_hash || '"}', 1
     FROM api_clients ORDER BY number;
   DROP TABLE api_clients;`,
  // Bodies hold the ids too, because a shared database looks rows up by digests. Keys are escaped as inside JSON.
  `ALTER TABLE servers RENAME COLUMN facts TO body;
   UPDATE servers SET body = '{"id":"' || id || '","facts":' || body || '}';
   UPDATE registrations SET body = '{"id":"' || id || '","uniqueName":' ||
     coalesce('"' || unique_name || '"', 'null') || ',"body":' || json_quote(body) || '}';
   ALTER TABLE secrets RENAME COLUMN value TO body;
   UPDATE secrets SET body = '{"name":"' || name || '","value":"' || body || '"}';`,
];

/**
 * Checks that the file is whole and ours, and brings it to the newest schema, each step whole or not at all.
 * @throws StoreDamaged, StoreTooNew, errors of the driver
 */
export function migrate(connection: SqliteConnection, isNew: boolean): void {
  refuseDamage(connection);
  if (!isNew) refuseForeign(connection);
  const version = pragmaNumber(connection, 'user_version');
  if (version > STEPS.length) throw new StoreTooNew(connection.path, version, STEPS.length);
  STEPS.slice(version).forEach((step, index) => {
    connection.begin();
    connection.script(step);
    connection.script(`PRAGMA application_id = ${APPLICATION_ID}`);
    connection.script(`PRAGMA user_version = ${version + index + 1}`);
    connection.commit();
  });
}

const Check = z.object({ quick_check: z.string() });

function refuseDamage(connection: SqliteConnection): void {
  const problems = query(connection, 'PRAGMA quick_check(3)').map((row) => Check.parse(row).quick_check);
  if (problems.length === 1 && problems[0] === 'ok') return;
  const found = `is damaged (${problems.join('; ')})`;
  throw new StoreDamaged(connection.path, found, 'Restore the file from a backup.');
}

function refuseForeign(connection: SqliteConnection): void {
  if (pragmaNumber(connection, 'application_id') === APPLICATION_ID) return;
  const tables = NumberRow.parse(query(connection, 'SELECT count(*) AS number FROM sqlite_schema')[0]).number;
  if (tables === 0) throw emptyStore(connection.path);
  const found = 'is the database of another program';
  throw new StoreDamaged(connection.path, found, 'Give the broker a file of its own.');
}

const NumberRow = z.object({ number: z.int() });

function pragmaNumber(connection: SqliteConnection, name: 'user_version' | 'application_id'): number {
  return NumberRow.parse(query(connection, `SELECT ${name} AS number FROM pragma_${name}`)[0]).number;
}

function query(connection: SqliteConnection, sql: string): readonly unknown[] {
  return connection.execute({ sql, values: [] }).rows;
}

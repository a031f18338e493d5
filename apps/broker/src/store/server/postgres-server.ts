import { isNativeError } from 'node:util/types';
import type { Client, ClientConfig } from 'pg';
import { type Answer, type Statement } from '../sql/statement.js';
import { nameOf, type DatabaseAddress } from './database-address.js';
import { toBound } from './digest.js';
import { schemaSteps } from './server-schema.js';
import { isNetworkError, type SqlServer, type SqlSession, type Trouble } from './sql-server.js';
import { tlsSettings } from './tls.js';

/** SQLSTATEs of the PostgreSQL manual, appendix "PostgreSQL Error Codes". */
const UNKNOWN_DATABASE = '3D000';
/** Another broker makes it at the same time: both forms occur. */
const DUPLICATE_DATABASE: readonly (string | null)[] = ['42P04', '23505'];
/** Serialization failure, deadlock, lock not available, query cancelled, unique violation. */
const AGAIN = new Set(['40001', '40P01', '55P03', '57014', '23505']);
/** Shutdown, crash, still starting, idle in a transaction, database dropped, read-only server; and all of class 08. */
const LOST = new Set(['57P01', '57P02', '57P03', '25P03', '57P04', '25006']);
const SQLSTATE = /^[0-9A-Z]{5}$/;

const CONNECT_TIMEOUT_MS = 1500;
const INT8 = 20;
const MIGRATION_LOCK = 0x44435653;
/** Isolation is READ COMMITTED, the default: each operation locks the rows that it relies on. */
const SETTINGS = `SET lock_timeout = '1s'; SET idle_in_transaction_session_timeout = '10s';
  SET default_transaction_isolation = 'read committed'`;

const STEPS = schemaSteps({
  digest: 'CHAR(64) COLLATE "C"',
  word: 'VARCHAR(40) COLLATE "C"',
  text: 'TEXT',
  time: 'DOUBLE PRECISION',
  counted: 'BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY',
  options: '',
});

/** PostgreSQL from 13. */
export class PostgresServer implements SqlServer {
  readonly steps = STEPS;
  readonly name: string;

  constructor(readonly address: DatabaseAddress) {
    this.name = nameOf(address);
  }

  async connect(): Promise<SqlSession> {
    const client = await connectTo(this.address, this.address.database);
    const session = new PostgresSession(client);
    try {
      await client.query(SETTINGS);
      return session;
    } catch (error) {
      session.destroy();
      throw error;
    }
  }

  troubleOf(error: unknown): Trouble {
    if (!isNativeError(error)) return 'other';
    if (isNetworkError(error) || /^Connection terminated|^timeout expired|^Client /.test(error.message))
      return 'lost';
    const state = sqlState(error);
    if (state === null) return 'other';
    if (LOST.has(state) || state.startsWith('08')) return 'lost';
    return AGAIN.has(state) ? 'again' : 'failed';
  }

  async lockForMigration(session: SqlSession): Promise<void> {
    await session.execute({ sql: `SELECT set_config('lock_timeout', '60s', false)`, values: [] });
    await session.execute({ sql: 'SELECT pg_advisory_lock(?)', values: [MIGRATION_LOCK] });
  }

  async tables(session: SqlSession): Promise<readonly string[]> {
    const sql =
      'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = current_schema()';
    const { rows } = await session.execute({ sql, values: [] });
    return (rows as readonly { readonly name: string }[]).map(({ name }) => name.toLowerCase());
  }

  async createDatabase(): Promise<void> {
    const { database, createsDatabase } = this.address;
    if (!createsDatabase) return;
    const exists = await connectTo(this.address, database).then(
      (client) => client.end().then(() => true),
      (error: unknown) => {
        if (isNativeError(error) && sqlState(error) === UNKNOWN_DATABASE) return false;
        throw error;
      },
    );
    if (exists) return;
    const client = await connectTo(this.address, 'postgres');
    try {
      await client.query(
        `CREATE DATABASE ${client.escapeIdentifier(database)} ENCODING 'UTF8' TEMPLATE template0`,
      );
    } catch (error) {
      if (!isNativeError(error) || !DUPLICATE_DATABASE.includes(sqlState(error))) throw error;
    } finally {
      await client.end();
    }
  }
}

class PostgresSession implements SqlSession {
  #isLost = false;

  constructor(readonly client: Client) {
    client.on('error', () => {
      this.#isLost = true;
    });
    client.on('end', () => {
      this.#isLost = true;
    });
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  async execute({ sql, values }: Statement): Promise<Answer> {
    const { name, text } = prepared(sql);
    const { rows, rowCount } = await this.client.query<object>({ name, text, values: values.map(toBound) });
    return { rows, count: rowCount ?? 0 };
  }

  async begin(kind: 'transaction' | 'snapshot'): Promise<void> {
    await this.client.query(
      kind === 'snapshot' ? 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY' : 'BEGIN',
    );
  }

  async commit(): Promise<void> {
    await this.client.query('COMMIT');
  }

  async rollback(): Promise<void> {
    await this.client.query('ROLLBACK');
  }

  destroy(): void {
    this.#isLost = true;
    streamOf(this.client).destroy();
  }

  async end(): Promise<void> {
    this.#isLost = true;
    await this.client.end();
  }
}

interface Prepared {
  readonly name: string;
  readonly text: string;
}

const known = new Map<string, Prepared>();

/** Values are numbered here, and a statement has a name by which a connection prepares it once. */
function prepared(sql: string): Prepared {
  const found = known.get(sql);
  if (found !== undefined) return found;
  let count = 0;
  const made = { name: `dcvsm_${known.size}`, text: sql.replace(/\?/g, () => `$${(count += 1)}`) };
  known.set(sql, made);
  return made;
}

async function connectTo(address: DatabaseAddress, database: string): Promise<Client> {
  const { tls } = address;
  const ssl = tlsSettings(tls);
  if (ssl === undefined) return connected(address, database, false);
  try {
    const anyName = { ...ssl, checkServerIdentity: () => undefined };
    return await connected(address, database, tls.mode === 'verify-name' ? ssl : anyName);
  } catch (error) {
    const isUnsupported = isNativeError(error) && error.message.includes('does not support SSL');
    if (tls.mode !== 'if-offered' || !isUnsupported) throw error;
    return connected(address, database, false);
  }
}

async function connected(
  { host, port, user, password }: DatabaseAddress,
  database: string,
  ssl: NonNullable<ClientConfig['ssl']>,
): Promise<Client> {
  const pg = await import('pg');
  const client = new pg.default.Client({
    host,
    port,
    user,
    password,
    database,
    ssl,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    application_name: 'dcv-session-manager-broker',
    types: {
      // Versions and counts stay far below 2^53.
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        oid === INT8 ? Number : (pg.default.types.getTypeParser(oid, format) as (text: string) => unknown),
    },
  } as ClientConfig);
  await client.connect();
  return client;
}

/** The driver has no way to cut a connection without waiting for the server. */
function streamOf(client: Client): { destroy(): void } {
  return (client as unknown as { readonly connection: { readonly stream: { destroy(): void } } }).connection
    .stream;
}

function sqlState(error: Error): string | null {
  return 'code' in error && typeof error.code === 'string' && SQLSTATE.test(error.code) ? error.code : null;
}

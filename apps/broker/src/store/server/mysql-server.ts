import { isNativeError } from 'node:util/types';
import type { Connection, ConnectionOptions, ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import type { Answer, Statement } from '../sql/statement.js';
import { isRead } from '../sql/statement.js';
import { nameOf, type DatabaseAddress } from './database-address.js';
import { toBound } from './digest.js';
import { schemaSteps } from './server-schema.js';
import { isNetworkError, type SqlServer, type SqlSession, type Trouble } from './sql-server.js';
import { tlsSettings } from './tls.js';

/** Error numbers of the MySQL manual, "Server Error Message Reference", and of MariaDB's. */
const DUPLICATE_KEY = 1062;
const UNKNOWN_DATABASE = 1049;
/** Lock wait time-out, deadlock, record changed since it was read, statement interrupted, statement took too long. */
const AGAIN = new Set([1205, 1213, 1020, 1317, 1969, 3024, DUPLICATE_KEY]);
/** Server shutdown, connection killed, server read-only (two forms), idle connection closed. */
const LOST = new Set([1053, 1927, 1290, 1836, 4031]);
const NO_TLS = 'HANDSHAKE_NO_SSL_SUPPORT';

const CONNECT_TIMEOUT_MS = 1500;
const IF_ABSENT = / ON CONFLICT DO NOTHING$/;
/** READ COMMITTED locks only rows that are there: no gaps, so fewer deadlocks; each operation locks what it relies on. */
const SETTINGS = `SET SESSION sql_mode = 'ANSI_QUOTES,STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION',
  innodb_lock_wait_timeout = 1, transaction_isolation = 'READ-COMMITTED', autocommit = 1, time_zone = '+00:00'`;
const MARIADB_SETTINGS = `SET SESSION idle_transaction_timeout = 10, tx_isolation = 'READ-COMMITTED'`;
const MIGRATION_LOCK = `SELECT GET_LOCK(CONCAT('dcvsm-schema-', MD5(DATABASE())), 60) AS granted`;

const ascii = 'CHARACTER SET ascii COLLATE ascii_bin';
const STEPS = schemaSteps({
  digest: `CHAR(64) ${ascii}`,
  word: `VARCHAR(40) ${ascii}`,
  text: 'LONGTEXT',
  time: 'DOUBLE',
  counted: 'BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY',
  options: ' ENGINE = InnoDB DEFAULT CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin',
});

/** MySQL from 8.0, and MariaDB from 10.6. */
export class MysqlServer implements SqlServer {
  readonly steps = STEPS;
  readonly name: string;

  constructor(readonly address: DatabaseAddress) {
    this.name = nameOf(address);
  }

  async connect(): Promise<SqlSession> {
    const connection = await connectTo(this.address, this.address.database);
    const session = new MysqlSession(connection);
    try {
      await session.prepare();
      return session;
    } catch (error) {
      session.destroy();
      throw error;
    }
  }

  troubleOf(error: unknown): Trouble {
    if (!isNativeError(error)) return 'other';
    if (isNetworkError(error) || ('fatal' in error && error.fatal === true)) return 'lost';
    if (error.message.includes('connection is in closed state')) return 'lost';
    const number = errorNumber(error);
    if (number === null) return 'other';
    if (LOST.has(number)) return 'lost';
    return AGAIN.has(number) ? 'again' : 'failed';
  }

  async lockForMigration(session: SqlSession): Promise<void> {
    const { rows } = await session.execute({ sql: MIGRATION_LOCK, values: [] });
    const [row] = rows as readonly { readonly granted: number | null }[];
    if (row?.granted !== 1) throw new Error(`Another broker has been migrating ${this.name} for a minute.`);
  }

  async tables(session: SqlSession): Promise<readonly string[]> {
    const sql = 'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()';
    const { rows } = await session.execute({ sql, values: [] });
    return (rows as readonly { readonly name: string }[]).map(({ name }) => name.toLowerCase());
  }

  async createDatabase(): Promise<void> {
    const { database, createsDatabase } = this.address;
    if (!createsDatabase) return;
    // One that may not make databases can still use the one that is there.
    const exists = await connectTo(this.address, database).then(
      (connection) => connection.end().then(() => true),
      (error: unknown) => {
        if (isNativeError(error) && errorNumber(error) === UNKNOWN_DATABASE) return false;
        throw error;
      },
    );
    if (exists) return;
    const connection = await connectTo(this.address, undefined);
    try {
      await connection.query(
        `CREATE DATABASE IF NOT EXISTS ${connection.escapeId(database)} CHARACTER SET utf8mb4`,
      );
    } finally {
      await connection.end();
    }
  }
}

class MysqlSession implements SqlSession {
  #isLost = false;

  constructor(readonly connection: Connection) {
    connection.on('error', () => {
      this.#isLost = true;
    });
    connection.on('end', () => {
      this.#isLost = true;
    });
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  async prepare(): Promise<void> {
    const [rows] = await this.connection.query<RowDataPacket[]>('SELECT VERSION() AS version');
    const isMariaDb = String(rows[0]?.version).includes('MariaDB');
    const settings = isMariaDb
      ? SETTINGS.replace(`transaction_isolation = 'READ-COMMITTED', `, '')
      : SETTINGS;
    await this.connection.query(settings);
    if (isMariaDb) await this.connection.query(MARIADB_SETTINGS);
  }

  /** "Found rows" count, the driver's default: a row that fitted and had the values already is a changed one. */
  async execute({ sql, values }: Statement): Promise<Answer> {
    const isIfAbsent = IF_ABSENT.test(sql);
    const text = isIfAbsent ? sql.replace(IF_ABSENT, '') : sql;
    try {
      const [result] = await this.connection.execute<RowDataPacket[] | ResultSetHeader>(
        text,
        values.map(toBound),
      );
      if (!isRead(sql)) return { rows: [], count: (result as ResultSetHeader).affectedRows };
      const rows = result as RowDataPacket[];
      return { rows, count: rows.length };
    } catch (error) {
      // Only the statement is undone, not the transaction.
      if (isIfAbsent && isNativeError(error) && errorNumber(error) === DUPLICATE_KEY)
        return { rows: [], count: 0 };
      throw error;
    }
  }

  async begin(kind: 'transaction' | 'snapshot'): Promise<void> {
    if (kind === 'snapshot') {
      await this.connection.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
      await this.connection.query('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
    } else await this.connection.query('START TRANSACTION');
  }

  async commit(): Promise<void> {
    await this.connection.query('COMMIT');
  }

  async rollback(): Promise<void> {
    await this.connection.query('ROLLBACK');
  }

  destroy(): void {
    this.#isLost = true;
    this.connection.destroy();
  }

  async end(): Promise<void> {
    this.#isLost = true;
    await this.connection.end();
  }
}

async function connectTo(address: DatabaseAddress, database: string | undefined): Promise<Connection> {
  const { createConnection } = await import('mysql2/promise');
  const { host, port, user, password, tls } = address;
  const ssl = tlsSettings(tls);
  const options: ConnectionOptions = {
    host,
    port,
    user,
    password,
    ...(database !== undefined && { database }),
    charset: 'utf8mb4_bin',
    connectTimeout: CONNECT_TIMEOUT_MS,
    enableKeepAlive: true,
    supportBigNumbers: true,
  };
  if (ssl === undefined) return createConnection(options);
  const secured = { ...options, ssl: { ...ssl, verifyIdentity: tls.mode === 'verify-name' } };
  try {
    return await createConnection(secured);
  } catch (error) {
    const isUnsupported = isNativeError(error) && 'code' in error && error.code === NO_TLS;
    if (tls.mode !== 'if-offered' || !isUnsupported) throw error;
    return createConnection(options);
  }
}

function errorNumber(error: Error): number | null {
  return 'errno' in error && typeof error.errno === 'number' ? error.errno : null;
}

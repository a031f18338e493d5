import { execFileSync } from 'node:child_process';
import { silentLog, systemClock, systemRandom } from '@dcvsm/runtime';
import type { DatabaseAddress } from '../../src/store/server/database-address.js';
import { MysqlServer } from '../../src/store/server/mysql-server.js';
import type { PoolLimits } from '../../src/store/server/pooled-transactions.js';
import { PostgresServer } from '../../src/store/server/postgres-server.js';
import { SharedStore } from '../../src/store/server/shared-store.js';
import type { SqlServer, SqlSession } from '../../src/store/server/sql-server.js';

/**
 * The database servers of the test machine: on loopback, at their usual ports, open to root without a password.
 * MYSQL_TEST_HOST and POSTGRES_TEST_HOST name others.
 */
const ADDRESSES = {
  mysql: { host: process.env.MYSQL_TEST_HOST ?? '127.0.0.1', port: 3306, home: 'mysql' },
  postgres: { host: process.env.POSTGRES_TEST_HOST ?? '127.0.0.1', port: 5432, home: 'postgres' },
} as const;

export const KINDS = ['mysql', 'postgres'] as const;
export type Kind = (typeof KINDS)[number];

/** `describe` if the server listens; else the tests are skipped, and a word says why. */
export function describeWith(kind: Kind, title: string, tests: () => void): void {
  const { host, port } = ADDRESSES[kind];
  if (listens(host, port)) return describe(title, tests);
  process.stderr.write(`${title}: skipped, because no ${kind} server listens on ${host}:${port}\n`);
  describe.skip(title, tests);
}

/** Whether tests are to be skipped has to be known before they are declared, which is not asynchronous. */
function listens(host: string, port: number): boolean {
  const program = `require('net').connect(${port}, '${host}').on('connect', () => process.exit(0)).on('error', () => process.exit(1))`;
  try {
    execFileSync(process.execPath, ['-e', program], { timeout: 5000 });
    return true;
  } catch {
    return false;
  }
}

let count = 0;

/** A database of this test run alone. */
export class TestDatabase {
  readonly #stores: SharedStore[] = [];

  private constructor(readonly address: DatabaseAddress) {}

  static named(kind: Kind): TestDatabase {
    const { host, port } = ADDRESSES[kind];
    const database = `dcvsm_test_${process.pid}_${(count += 1)}`;
    const tls = { mode: 'off', caFile: null } as const;
    return new TestDatabase({
      ...{ kind, host, port, database, user: 'root', password: '' },
      createsDatabase: true,
      tls,
    });
  }

  /** One more store, as one more broker has it. */
  async open(limits: Partial<PoolLimits> = {}, address = this.address): Promise<SharedStore> {
    const store = await SharedStore.open({
      address,
      clock: systemClock(),
      random: systemRandom(),
      log: silentLog(),
      limits: { maxConnections: 4, ...limits },
    });
    this.#stores.push(store);
    return store;
  }

  /** Statements beside the stores, as somebody with the database's own program would give them. */
  async run(...statements: readonly string[]): Promise<readonly unknown[]> {
    return this.#with(this.address, async (session) => {
      let rows: readonly unknown[] = [];
      for (const sql of statements) ({ rows } = await session.execute({ sql, values: [] }));
      return rows;
    });
  }

  /** A connection of its own; the caller ends it. */
  connect(): Promise<SqlSession> {
    return this.server.connect();
  }

  get server(): SqlServer {
    return serverOf(this.address);
  }

  async empty(): Promise<void> {
    await this.run(
      ...['sessions', 'servers', 'registrations', 'secrets'].map((table) => `DELETE FROM ${table}`),
    );
  }

  async drop(): Promise<void> {
    await Promise.all(this.#stores.map((store) => store.close()));
    const { kind, database } = this.address;
    const quoted = kind === 'mysql' ? `\`${database}\`` : `"${database}" WITH (FORCE)`;
    await this.#with({ ...this.address, database: ADDRESSES[kind].home }, (session) =>
      session.execute({ sql: `DROP DATABASE IF EXISTS ${quoted}`, values: [] }),
    );
  }

  async #with<T>(address: DatabaseAddress, work: (session: SqlSession) => Promise<T>): Promise<T> {
    const session = await serverOf(address).connect();
    try {
      return await work(session);
    } finally {
      await session.end();
    }
  }
}

function serverOf(address: DatabaseAddress): SqlServer {
  return address.kind === 'mysql' ? new MysqlServer(address) : new PostgresServer(address);
}

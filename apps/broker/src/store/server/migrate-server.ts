import { z } from 'zod';
import { StoreDamaged, StoreTooNew } from '../store-error.js';
import type { SqlServer, SqlSession } from './sql-server.js';

/** Holds the number of steps that were done; its presence says that the database is ours. */
const VERSIONS = 'dcvsm_schema';

/**
 * Brings the database to the newest schema, on a connection of its own; of several brokers that start at once, one
 * does it and the others wait.
 * @throws StoreDamaged if it belongs to another program, StoreTooNew, errors of the driver
 */
export async function migrateServer(server: SqlServer): Promise<void> {
  await server.createDatabase();
  const session = await server.connect();
  try {
    await server.lockForMigration(session);
    await refuseForeign(server, session);
    await run(session, `CREATE TABLE IF NOT EXISTS ${VERSIONS} (version INTEGER NOT NULL PRIMARY KEY)`);
    const version = await versionOf(session);
    if (version > server.steps.length) throw new StoreTooNew(server.name, version, server.steps.length);
    for (const [index, step] of server.steps.entries()) {
      if (index >= version) await take(session, step, index + 1);
    }
  } finally {
    await session.end();
  }
}

async function take(session: SqlSession, step: readonly string[], version: number): Promise<void> {
  await session.begin('transaction');
  for (const statement of step) await run(session, statement);
  await session.execute({ sql: `INSERT INTO ${VERSIONS} (version) VALUES (?)`, values: [version] });
  await session.commit();
}

async function refuseForeign(server: SqlServer, session: SqlSession): Promise<void> {
  const tables = await server.tables(session);
  if (tables.includes(VERSIONS) || tables.length === 0) return;
  throw new StoreDamaged(
    server.name,
    `has tables of another program (${tables.slice(0, 3).join(', ')})`,
    'Give the broker a database of its own.',
  );
}

const VersionRow = z.object({ version: z.number().nullable() });

async function versionOf(session: SqlSession): Promise<number> {
  const { rows } = await session.execute({
    sql: `SELECT max(version) AS version FROM ${VERSIONS}`,
    values: [],
  });
  return VersionRow.parse(rows[0]).version ?? 0;
}

async function run(session: SqlSession, sql: string): Promise<void> {
  await session.execute({ sql, values: [] });
}

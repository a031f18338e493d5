import { createRequire } from 'node:module';
import { answerParent } from './answer-parent.js';

export interface SqliteOrder {
  /** Database file; made if it is missing. */
  readonly path: string;
  readonly servers: number;
  /** Updates to make, one commit each. */
  readonly count: number;
}

export interface SqliteOutcome {
  readonly elapsedMs: number;
}

interface Statement {
  run(values: readonly unknown[]): { readonly changes: number };
}
interface Database {
  pragma(text: string): unknown;
  exec(text: string): unknown;
  prepare(text: string): Statement;
}

// The broker's own driver, so that both sides use the same SQLite.
const require = createRequire(import.meta.url);
const driver = createRequire(require.resolve('@dcvsm/broker/package.json'))('libsql') as new (
  path: string,
) => Database;

const opened = new Map<string, { readonly update: Statement; readonly versions: number[] }>();

function open({ path, servers }: SqliteOrder): { readonly update: Statement; readonly versions: number[] } {
  const known = opened.get(path);
  if (known !== undefined) return known;
  const database = new driver(path);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.pragma('locking_mode = EXCLUSIVE');
  database.exec('CREATE TABLE servers (id INTEGER PRIMARY KEY, version INTEGER NOT NULL) STRICT');
  const insert = database.prepare('INSERT INTO servers (id, version) VALUES (?, 1)');
  database.exec('BEGIN');
  for (let id = 0; id < servers; id += 1) insert.run([id]);
  database.exec('COMMIT');
  const update = database.prepare('UPDATE servers SET version = version + 1 WHERE id = ? AND version = ?');
  const fresh = { update, versions: new Array<number>(servers).fill(1) };
  opened.set(path, fresh);
  return fresh;
}

/** The least that a durable reservation can be: one conditional update, committed to the disk, and then the next. */
async function run(order: SqliteOrder): Promise<SqliteOutcome> {
  const { update, versions } = open(order);
  const startedAtMs = performance.now();
  for (let turn = 0; turn < order.count; turn += 1) {
    const id = (turn * 7919) % order.servers;
    const version = versions[id] as number;
    if (update.run([id, version]).changes !== 1)
      throw new Error(`the update of server ${id} changed nothing`);
    versions[id] = version + 1;
  }
  return { elapsedMs: performance.now() - startedAtMs };
}

answerParent(run);

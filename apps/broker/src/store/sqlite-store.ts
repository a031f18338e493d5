import type { Log } from '@dcvsm/runtime';
import type { Server } from '../domain/server.js';
import type { Session } from '../domain/session.js';
import { GroupCommit, type Operation } from './group-commit.js';
import { ApiClientRecord, checked } from './records.js';
import { RowReader, serverFacts, toText } from './rows.js';
import { migrate } from './schema.js';
import {
  deleteSession,
  insertSession,
  reserveServer,
  updateSession,
  type SeenVersions,
} from './session-operations.js';
import { SqliteConnection, storeError, type SqlValue } from './sqlite-connection.js';
import { prepareSqliteFile } from './sqlite-file.js';
import { placedServerId, type ApiClient, type Store, type StoredFleet } from './store.js';

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
export class SqliteStore implements Store {
  readonly #group: GroupCommit;
  readonly #rows: RowReader;
  readonly #log: Log | undefined;
  #closed: Promise<void> | null = null;

  /** @throws StoreInUse, StoreDamaged, StoreTooNew, StoreUnavailable: each says what to do */
  static async open(options: SqliteStoreOptions): Promise<SqliteStore> {
    return new SqliteStore(openConnection(options), options.log);
  }

  /** Takes an open connection with the newest schema; it is closed with the store. */
  constructor(connection: SqliteConnection, log?: Log) {
    this.#group = new GroupCommit(connection);
    this.#rows = new RowReader(connection.path);
    this.#log = log;
  }

  loadFleet(): Promise<StoredFleet> {
    return this.#group.run((transaction) => ({
      sessions: transaction.all('SELECT key, body FROM sessions').map((row) => this.#rows.session(row)),
      servers: transaction.all('SELECT * FROM servers').map((row) => this.#rows.server(row)),
    }));
  }

  async addSession(session: Session): Promise<'added' | 'exists'> {
    return (await this.#group.run(insertSession(session))) ? 'added' : 'exists';
  }

  async reserve(
    session: Session,
    seen: SeenVersions,
  ): Promise<'reserved' | 'server-changed' | 'session-changed'> {
    return this.#group.run(reserveServer(session, placedServerId(session), seen));
  }

  async changeSession(session: Session, seenVersion: number): Promise<'changed' | 'conflict'> {
    return (await this.#group.run(updateSession(session, seenVersion))) ? 'changed' : 'conflict';
  }

  async removeSession(key: string, seenVersion: number): Promise<'removed' | 'conflict'> {
    return (await this.#group.run(deleteSession(key, seenVersion))) ? 'removed' : 'conflict';
  }

  findSession(key: string): Promise<Session | null> {
    return this.#group.run((transaction) => {
      const row = transaction.get('SELECT key, body FROM sessions WHERE key = ?', toText(key));
      return row === undefined ? null : this.#rows.session(row);
    });
  }

  findServer(id: string): Promise<Server | null> {
    return this.#group.run(this.#serverRow('SELECT * FROM servers WHERE id = ?', toText(id)));
  }

  async registerServer(server: Pick<Server, 'id' | 'facts' | 'registeredAtMs'>): Promise<Server> {
    const values = [toText(server.id), serverFacts(server), server.registeredAtMs];
    return this.#group.run((transaction) =>
      this.#rows.server(
        transaction.get(
          `INSERT INTO servers (id, facts, gate, link_epoch, placement_version, registered_at_ms)
           VALUES (?, ?, 'OPEN', 1, 1, ?)
           ON CONFLICT (id) DO UPDATE SET facts = excluded.facts, link_epoch = link_epoch + 1,
             placement_version = placement_version + 1
           RETURNING *`,
          ...values,
        ),
      ),
    );
  }

  async changeServerFacts(server: Pick<Server, 'id' | 'facts' | 'linkEpoch'>): Promise<Server | null> {
    return this.#group.run(
      this.#serverRow(
        `UPDATE servers SET facts = ?, placement_version = placement_version + 1
         WHERE id = ? AND link_epoch = ? RETURNING *`,
        serverFacts({ id: server.id, facts: server.facts }),
        toText(server.id),
        server.linkEpoch,
      ),
    );
  }

  setGate(id: string, gate: Server['gate']): Promise<Server | null> {
    const sql = `UPDATE servers SET gate = ?, placement_version = placement_version + 1 WHERE id = ? RETURNING *`;
    return this.#group.run(this.#serverRow(sql, gate, toText(id)));
  }

  touchServer(id: string): Promise<Server | null> {
    const sql = `UPDATE servers SET placement_version = placement_version + 1 WHERE id = ? RETURNING *`;
    return this.#group.run(this.#serverRow(sql, toText(id)));
  }

  async removeServer(id: string, linkEpoch: number): Promise<'removed' | 'conflict'> {
    const sql = 'DELETE FROM servers WHERE id = ? AND link_epoch = ?';
    const removed = await this.#group.run((transaction) => transaction.run(sql, toText(id), linkEpoch));
    return removed === 1 ? 'removed' : 'conflict';
  }

  async addApiClient(given: ApiClient): Promise<'added' | 'name-taken'> {
    const client = checked(ApiClientRecord, given, `API client "${given.id}"`);
    const name = toText(client.name);
    return this.#group.run((transaction) => {
      const taken = transaction.get('SELECT 1 FROM api_clients WHERE name = ? AND active = 1', name);
      if (taken !== undefined) return 'name-taken';
      transaction.run(
        'INSERT INTO api_clients (id, name, password_hash, active, created_at_ms) VALUES (?, ?, ?, ?, ?)',
        toText(client.id),
        name,
        toText(client.passwordHash),
        client.active ? 1 : 0,
        client.createdAtMs,
      );
      return 'added';
    });
  }

  listApiClients(): Promise<readonly ApiClient[]> {
    const sql = 'SELECT * FROM api_clients ORDER BY created_at_ms, number';
    return this.#group.run((transaction) => transaction.all(sql).map((row) => this.#rows.apiClient(row)));
  }

  async deactivateApiClient(id: string): Promise<boolean> {
    const sql = 'UPDATE api_clients SET active = 0 WHERE id = ?';
    return (await this.#group.run((transaction) => transaction.run(sql, toText(id)))) === 1;
  }

  secret(name: string, fresh: string): Promise<string> {
    return this.#group.run((transaction) => {
      const values = [toText(name), toText(fresh)];
      transaction.run('INSERT INTO secrets (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING', ...values);
      return this.#rows.secret(transaction.get('SELECT * FROM secrets WHERE name = ?', toText(name)));
    });
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    await this.#group.close();
    try {
      this.#group.connection.close();
    } catch (error) {
      // Everything answered is in the log and is read from there at the next start.
      this.#log?.warn({ err: error }, 'The store was closed, but its log could not be folded into the file.');
    }
  }

  #serverRow(sql: string, ...values: readonly SqlValue[]): Operation<Server | null> {
    return (transaction) => {
      const row = transaction.get(sql, ...values);
      return row === undefined ? null : this.#rows.server(row);
    };
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

import type { Server } from '../../domain/server.js';
import type { Session } from '../../domain/session.js';
import {
  placedServerId,
  type FillOptions,
  type Registration,
  type RegistrationKind,
  type Store,
  type StoreContents,
  type StoredFleet,
} from '../store.js';
import {
  deleteRegistration,
  insertRegistration,
  selectRegistration,
  selectRegistrations,
  updateRegistration,
} from './registration-operations.js';
import { RowReader } from './rows.js';
import {
  deleteServer,
  raisePlacementVersion,
  selectServer,
  updateFacts,
  updateGate,
  upsertServer,
} from './server-operations.js';
import {
  deleteSession,
  insertSession,
  reserveServer,
  selectSession,
  updateSession,
  type SeenVersions,
} from './session-operations.js';
import { keepSecret } from './secret-operations.js';
import type { Operation } from './statement.js';
import { insertContents, selectContents, selectFleet } from './whole-store-operations.js';

/** Runs operations against one database, whole and in order. SQLite has one, the servers have another. */
export interface OperationRunner {
  /** The path or address of the database, without credentials, for people. */
  readonly name: string;
  run<T>(operation: Operation<T>): Promise<T>;
  /** Resolves when everything that was asked for before has been answered; refuses what is asked afterwards. */
  close(): Promise<void>;
}

/** The store in an SQL database, whichever it is. An async method makes a mistake of the caller a rejection. */
export class SqlStore implements Store {
  readonly #runner: OperationRunner;
  readonly #rows: RowReader;

  /** Takes a database with the newest schema; it is closed with the store. */
  constructor(runner: OperationRunner) {
    this.#runner = runner;
    this.#rows = new RowReader(runner.name);
  }

  loadFleet(): Promise<StoredFleet> {
    return this.#runner.run(selectFleet(this.#rows));
  }

  async addSession(session: Session): Promise<'added' | 'exists'> {
    return this.#runner.run(insertSession(session));
  }

  async reserve(
    session: Session,
    seen: SeenVersions,
  ): Promise<'reserved' | 'server-changed' | 'session-changed'> {
    return this.#runner.run(reserveServer(session, placedServerId(session), seen));
  }

  async changeSession(session: Session, seenVersion: number): Promise<'changed' | 'conflict'> {
    return this.#runner.run(updateSession(session, seenVersion));
  }

  removeSession(key: string, seenVersion: number): Promise<'removed' | 'conflict'> {
    return this.#runner.run(deleteSession(key, seenVersion));
  }

  findSession(key: string): Promise<Session | null> {
    return this.#runner.run(selectSession(key, this.#rows));
  }

  findServer(id: string): Promise<Server | null> {
    return this.#runner.run(selectServer(id, this.#rows));
  }

  async registerServer(server: Pick<Server, 'id' | 'facts' | 'registeredAtMs'>): Promise<Server> {
    return this.#runner.run(upsertServer(server, this.#rows));
  }

  async changeServerFacts(server: Pick<Server, 'id' | 'facts' | 'linkEpoch'>): Promise<Server | null> {
    return this.#runner.run(updateFacts(server, this.#rows));
  }

  setGate(id: string, gate: Server['gate']): Promise<Server | null> {
    return this.#runner.run(updateGate(id, gate, this.#rows));
  }

  touchServer(id: string): Promise<Server | null> {
    return this.#runner.run(raisePlacementVersion(id, this.#rows));
  }

  removeServer(id: string, linkEpoch: number): Promise<'removed' | 'conflict'> {
    return this.#runner.run(deleteServer(id, linkEpoch));
  }

  async addRegistration(registration: Registration): Promise<'added' | 'exists' | 'name-taken'> {
    return this.#runner.run(insertRegistration(registration));
  }

  async changeRegistration(
    registration: Registration,
    seenVersion: number,
  ): Promise<'changed' | 'conflict' | 'name-taken'> {
    return this.#runner.run(updateRegistration(registration, seenVersion));
  }

  removeRegistration(
    kind: RegistrationKind,
    id: string,
    seenVersion: number,
  ): Promise<'removed' | 'conflict'> {
    return this.#runner.run(deleteRegistration(kind, id, seenVersion));
  }

  findRegistration(kind: RegistrationKind, id: string): Promise<Registration | null> {
    return this.#runner.run(selectRegistration(kind, id, this.#rows));
  }

  listRegistrations(kind: RegistrationKind): Promise<readonly Registration[]> {
    return this.#runner.run(selectRegistrations(kind, this.#rows));
  }

  secret(name: string, fresh: string): Promise<string> {
    return this.#runner.run(keepSecret(name, fresh, this.#rows));
  }

  contents(): Promise<StoreContents> {
    return this.#runner.run(selectContents(this.#rows));
  }

  fill(contents: StoreContents, options: FillOptions = {}): Promise<'filled' | 'not-empty'> {
    return this.#runner.run(insertContents(contents, options));
  }

  close(): Promise<void> {
    return this.#runner.close();
  }
}

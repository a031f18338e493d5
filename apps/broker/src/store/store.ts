import type { Server } from '../domain/server.js';
import type { Session } from '../domain/session.js';

/** What is registered with a broker besides sessions and servers. */
export type RegistrationKind =
  | 'api-client'
  | 'agent-client'
  | 'auth-server'
  | 'software-statement'
  | 'signing-key'
  | 'revoked-token'
  | 'dns-mapping';

/**
 * Something that an operator, an agent or the broker itself registered. The room that owns the kind knows what is in
 * the body; the store keeps it as it is.
 */
export interface Registration {
  readonly kind: RegistrationKind;
  /** Unique in its kind. */
  readonly id: string;
  /** Unique in its kind as long as it is held; null holds none. */
  readonly uniqueName: string | null;
  readonly createdAtMs: number;
  /** JSON. */
  readonly body: string;
  readonly version: number;
}

export interface StoredFleet {
  readonly sessions: readonly Session[];
  readonly servers: readonly Server[];
}

export interface StoredSecret {
  readonly name: string;
  readonly value: string;
}

/** All that a store keeps, to be moved to another. */
export interface StoreContents extends StoredFleet {
  /** Oldest first, those of one time as they were added. */
  readonly registrations: readonly Registration[];
  readonly secrets: readonly StoredSecret[];
}

export interface FillOptions {
  /** What is there is removed first. */
  readonly replaces?: boolean;
  /** Told how many records have been stored, none of which is kept before the end. */
  readonly onProgress?: (stored: number) => void;
}

/**
 * What is kept for good. Few, whole operations; every change is compare-and-set, and a promise resolves only
 * when the change would survive the death of the process. A promise rejects when nothing was changed, with
 * StoreUnavailable if trying again is right; that error says so (`mayBeKept`) if a shared database went away between
 * a commit and its answer and did not come back in time. Every sentence with "must" is the title of a test of the
 * contract suite that each implementation runs.
 *
 * Values given and returned are plain data. A caller's later change of an object must not reach the store.
 * Text must come back as it was given, whatever its characters and its length. Operations asked for in one go that
 * concern the same session, server, secret or kind of registration must take effect in the order of the calls.
 * What returns the whole fleet or all contents must show what was asked for before. Operations on different things may
 * overtake each other.
 *
 * A store with a shared database may be open in several brokers at once. What one has answered, the others must read.
 * Of changes that several make at once and that saw the same version, must let exactly one through.
 */
export interface Store {
  /**
   * Must return every session and server that was stored and not removed, unchanged.
   * While others reserve, every session that a returned placement version counts must be among the returned sessions.
   */
  loadFleet(): Promise<StoredFleet>;

  /**
   * Must store a session that is not reserved for a server (queued, or found on a host).
   * Must answer `exists` and change nothing if the key is taken. Keys must be case-sensitive.
   */
  addSession(session: Session): Promise<'added' | 'exists'>;

  /**
   * Must store a session that is placed on `session.serverId` and raise that server's placement version by one,
   * together or not at all.
   * Must answer `server-changed` and change nothing if the server is missing, closed, or its placement version is
   * not `placementVersion`.
   * A new session (`sessionVersion` null) must get `session-changed` and change nothing if its key is taken.
   * A known session must be replaced if the stored version is `sessionVersion`, else get `session-changed` and
   * change nothing.
   * Of several reservations that saw the same placement version, must let exactly one through.
   */
  reserve(
    session: Session,
    seen: { readonly placementVersion: number; readonly sessionVersion: number | null },
  ): Promise<'reserved' | 'server-changed' | 'session-changed'>;

  /**
   * Must replace the session if the stored version is `seenVersion`, else answer `conflict` (also when it is
   * missing) and change nothing.
   */
  changeSession(session: Session, seenVersion: number): Promise<'changed' | 'conflict'>;

  /** Must remove the session if the stored version is `seenVersion`, else answer `conflict` and change nothing. */
  removeSession(key: string, seenVersion: number): Promise<'removed' | 'conflict'>;

  /** Must return the session, or null. */
  findSession(key: string): Promise<Session | null>;

  /** Must return the server, or null. */
  findServer(id: string): Promise<Server | null>;

  /**
   * Stores the facts when a link of the server was made, and returns the stored server.
   * A new server must start with gate OPEN, epoch 1 and placement version 1.
   * A known server must get the new facts, the next epoch and the next placement version, and keep its gate and
   * registration time.
   */
  registerServer(server: Pick<Server, 'id' | 'facts' | 'registeredAtMs'>): Promise<Server>;

  /**
   * Must store new facts, raise the placement version and return the stored server if `linkEpoch` is its newest
   * epoch, else answer null and change nothing.
   */
  changeServerFacts(server: Pick<Server, 'id' | 'facts' | 'linkEpoch'>): Promise<Server | null>;

  /** Must set the gate and raise the placement version; must answer null if there is no such server. */
  setGate(id: string, gate: Server['gate']): Promise<Server | null>;

  /**
   * Must raise the placement version; for when something took room on the server without a reservation (a session
   * made locally). Must answer null for a touch if there is no such server.
   */
  touchServer(id: string): Promise<Server | null>;

  /** Must remove the server if `linkEpoch` is its newest epoch, else answer `conflict` and change nothing. */
  removeServer(id: string, linkEpoch: number): Promise<'removed' | 'conflict'>;

  /**
   * Must answer `exists` and change nothing if its kind has the id.
   * Must answer `name-taken` and change nothing if another of its kind holds the unique name.
   */
  addRegistration(registration: Registration): Promise<'added' | 'exists' | 'name-taken'>;
  /**
   * Must replace the unique name, the body and the version of the registration if the stored version is
   * `seenVersion`, else answer `conflict` (also when it is
   * missing) and change nothing.
   * A name that another of its kind holds must get `name-taken` and change nothing.
   */
  changeRegistration(
    registration: Registration,
    seenVersion: number,
  ): Promise<'changed' | 'conflict' | 'name-taken'>;
  /** Must remove the registration if the stored version is `seenVersion`, else answer `conflict` and change nothing. */
  removeRegistration(
    kind: RegistrationKind,
    id: string,
    seenVersion: number,
  ): Promise<'removed' | 'conflict'>;
  /** Must return the registration, or null if its kind has no such id. */
  findRegistration(kind: RegistrationKind, id: string): Promise<Registration | null>;
  /** Must return all registrations of the kind and no others, oldest first, those of one time as they were added. */
  listRegistrations(kind: RegistrationKind): Promise<readonly Registration[]>;

  /**
   * Must return the secret of that name, storing `fresh` first if there is none: of several callers at once all
   * get the same.
   */
  secret(name: string, fresh: string): Promise<string>;

  /** Must return all that is kept: the fleet, the registrations of every kind, and the secrets. */
  contents(): Promise<StoreContents>;

  /**
   * For an empty store that nobody else uses. Must keep exactly the given contents, versions and epochs included.
   * Must answer `not-empty` and change nothing if anything is kept, unless `replaces`.
   */
  fill(contents: StoreContents, options?: FillOptions): Promise<'filled' | 'not-empty'>;

  /** Must wait for what was asked before, release the files, and refuse what is asked afterwards. */
  close(): Promise<void>;
}

/**
 * The server of a session that is to be reserved.
 * @throws TypeError if it has none: a mistake of the caller, which no other placement would mend
 */
export function placedServerId(session: Session): string {
  if (session.serverId === null)
    throw new TypeError(`The session "${session.key}" is not placed on a server.`);
  return session.serverId;
}

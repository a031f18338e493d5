import type { Server } from '../domain/server.js';
import type { Session } from '../domain/session.js';

/** An API client; its password is kept only as a keyed hash. */
export interface ApiClient {
  readonly id: string;
  readonly name: string;
  readonly active: boolean;
  /** HMAC-SHA-256 of the password with the store's pepper, base64url. */
  readonly passwordHash: string;
  readonly createdAtMs: number;
}

export interface StoredFleet {
  readonly sessions: readonly Session[];
  readonly servers: readonly Server[];
}

/**
 * What is kept for good. Few, whole operations; every change is compare-and-set, and a promise resolves only
 * when the change would survive the death of the process. A promise rejects when nothing was changed, with
 * StoreUnavailable if trying again is right. Every sentence with "must" is the title of a test of the contract
 * suite that each implementation runs.
 *
 * Values given and returned are plain data. A caller's later change of an object must not reach the store.
 * Text must come back as it was given, whatever its characters. Operations asked for in one go must take effect
 * in the order of the calls.
 */
export interface Store {
  /** Must return every session and server that was stored and not removed, unchanged. */
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
   * Must answer `name-taken` and change nothing if an active client has the name. A client whose id is taken must
   * be refused with an error.
   */
  addApiClient(client: ApiClient): Promise<'added' | 'name-taken'>;
  /** Must return all clients, active or not, oldest first. */
  listApiClients(): Promise<readonly ApiClient[]>;
  /** Must deactivate the client, also a second time, and answer false if there is no such client. */
  deactivateApiClient(id: string): Promise<boolean>;

  /**
   * Must return the secret of that name, storing `fresh` first if there is none: of several callers at once all
   * get the same.
   */
  secret(name: string, fresh: string): Promise<string>;

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

import type { SessionState } from '@dcvsm/protocol';
import type { Server, ServerLive } from '../domain/server.js';
import { isQueued, type Session } from '../domain/session.js';
import type { PlacementRequest, PlacementStrategy } from '../domain/placement.js';
import { KeyIndex } from './key-index.js';
import { PlacementIndex } from './placement-index.js';
import { ServerEntry } from './server-entry.js';
import { SortedKeys } from './sorted-keys.js';

/** What changes all the time on a session; comes with reports and is never stored. */
export interface SessionLive {
  readonly connections: number;
  readonly lastDisconnectedAtMs: number | null;
}

/**
 * The fleet in memory, with the indexes that reads and placement need. It is fed with what the store has
 * accepted; only `fleet` changes it. Reads and placement never wait for the database.
 */
export class View {
  readonly #servers = new Map<string, ServerEntry>();
  readonly #serverIds = new SortedKeys();
  readonly #sessions = new Map<string, Session>();
  readonly #sessionKeys = new SortedKeys();
  readonly #live = new Map<string, SessionLive>();
  readonly #byId = new KeyIndex<string>();
  readonly #byOwner = new KeyIndex<string>();
  readonly #byServer = new KeyIndex<string | null>();
  readonly #byState = new KeyIndex<SessionState>();
  readonly #queued = new Set<string>();
  readonly #placement = new PlacementIndex(this.#servers);

  server(id: string): ServerEntry | undefined {
    return this.#servers.get(id);
  }

  servers(): Iterable<ServerEntry> {
    return this.#servers.values();
  }

  get serverCount(): number {
    return this.#servers.size;
  }

  /** Ids greater than `after`, ascending. */
  serverIdsAfter(after: string | null): Iterable<string> {
    return this.#serverIds.after(after);
  }

  /**
   * The server that `place` would choose among all, without looking at all; undefined if there is none.
   * `requirements` is the text whose compiled form is in the request.
   */
  bestServer(
    request: PlacementRequest,
    requirements: string,
    strategy: PlacementStrategy,
  ): ServerEntry | undefined {
    return this.#placement.best(request, requirements, strategy);
  }

  session(key: string): Session | undefined {
    return this.#sessions.get(key);
  }

  sessionLive(key: string): SessionLive | undefined {
    return this.#live.get(key);
  }

  /** Keys greater than `after`, ascending. */
  sessionKeysAfter(after: string | null): Iterable<string> {
    return this.#sessionKeys.after(after);
  }

  get sessionCount(): number {
    return this.#sessions.size;
  }

  /** Usually one; several when hosts made local sessions of the same id. */
  sessionsWithId(id: string): Session[] {
    return this.#all(this.#byId.get(id));
  }

  sessionKeysOfOwner(owner: string): ReadonlySet<string> {
    return this.#byOwner.get(owner);
  }

  sessionsOnServer(serverId: string): Session[] {
    return this.#all(this.#byServer.get(serverId));
  }

  /** Keys of all sessions by the server they are on; null: none yet. The server may be forgotten. */
  sessionKeysByServer(): Iterable<readonly [serverId: string | null, keys: ReadonlySet<string>]> {
    return this.#byServer.groups();
  }

  sessionsInState(state: SessionState): Session[] {
    return this.#all(this.#byState.get(state));
  }

  /** Sessions waiting for a server, oldest first. */
  queue(): Session[] {
    return this.#all(this.#queued).sort(
      (a, b) => a.requestedAtMs - b.requestedAtMs || (a.key < b.key ? -1 : 1),
    );
  }

  get queueLength(): number {
    return this.#queued.size;
  }

  putServer(server: Server): ServerEntry {
    const known = this.#servers.get(server.id);
    if (known !== undefined) {
      if (!isOlder(server, known.server)) known.setServer(server);
      return known;
    }
    const entry = new ServerEntry(server, (changed) => this.#placement.changed(changed));
    this.#servers.set(server.id, entry);
    this.#serverIds.add(server.id);
    this.#placement.changed(entry);
    for (const session of this.sessionsOnServer(server.id)) entry.count(session, 1);
    return entry;
  }

  putServerLive(id: string, change: Partial<ServerLive>): void {
    const entry = this.#servers.get(id);
    entry?.setLive({ ...entry.live, ...change });
  }

  removeServer(id: string): void {
    const entry = this.#servers.get(id);
    if (entry === undefined) return;
    this.#servers.delete(id);
    this.#placement.changed(entry);
    this.#serverIds.delete(id);
  }

  putSession(session: Session): void {
    const known = this.#sessions.get(session.key);
    // Writes of one session can come back in another order than they were made.
    if (known !== undefined && known.version > session.version) return;
    if (known !== undefined) this.#unindex(known);
    else this.#sessionKeys.add(session.key);
    this.#sessions.set(session.key, session);
    this.#index(session);
  }

  /** Of a session that is known; what is not shown must not take memory. */
  putSessionLive(key: string, live: SessionLive): void {
    if (this.#sessions.has(key)) this.#live.set(key, live);
  }

  removeSession(key: string): void {
    const known = this.#sessions.get(key);
    if (known === undefined) return;
    this.#unindex(known);
    this.#sessions.delete(key);
    this.#sessionKeys.delete(key);
    this.#live.delete(key);
  }

  #index(session: Session): void {
    this.#byId.add(session.id, session.key);
    this.#byOwner.add(session.owner, session.key);
    this.#byState.add(session.state, session.key);
    this.#byServer.add(session.serverId, session.key);
    if (session.serverId !== null) this.#servers.get(session.serverId)?.count(session, 1);
    if (isQueued(session)) this.#queued.add(session.key);
  }

  #unindex(session: Session): void {
    this.#byId.delete(session.id, session.key);
    this.#byOwner.delete(session.owner, session.key);
    this.#byState.delete(session.state, session.key);
    this.#byServer.delete(session.serverId, session.key);
    if (session.serverId !== null) this.#servers.get(session.serverId)?.count(session, -1);
    this.#queued.delete(session.key);
  }

  #all(keys: ReadonlySet<string>): Session[] {
    const sessions: Session[] = [];
    for (const key of keys) {
      const session = this.#sessions.get(key);
      if (session !== undefined) sessions.push(session);
    }
    return sessions;
  }
}

/** Writes of one server can come back in another order than they were made. */
function isOlder(server: Server, known: Server): boolean {
  const isSameRegistration = server.registeredAtMs === known.registeredAtMs;
  return isSameRegistration && server.placementVersion < known.placementVersion;
}

import type { SessionState } from '@dcvsm/protocol';
import type { Server, ServerLive } from '../domain/server.js';
import { isQueued, type Session } from '../domain/session.js';
import type { PlacementRequest, PlacementStrategy } from '../domain/placement.js';
import { KeyIndex } from './key-index.js';
import { PlacementIndex } from './placement-index.js';
import { ServerEntry } from './server-entry.js';
import type { SessionEntry, SessionLive } from './session-entry.js';
import { Sorted } from './sorted.js';
import { SortedIndex } from './sorted-index.js';
import { TagIndex } from './tag-index.js';

interface KnownSession extends SessionEntry {
  session: Session;
  live: SessionLive | undefined;
}

const sessionKey = ({ session }: SessionEntry): string => session.key;

/**
 * The fleet in memory, with the indexes that reads and placement need. It is fed with what the store has
 * accepted; only `fleet` changes it. Reads and placement never wait for the database.
 */
export class View {
  readonly #servers = new Map<string, ServerEntry>();
  readonly #sortedServers = new Sorted<ServerEntry>(({ id }) => id);
  readonly #sessions = new Map<string, KnownSession>();
  readonly #sortedSessions = new Sorted<SessionEntry>(sessionKey);
  readonly #byId = new KeyIndex<string>();
  readonly #byOwner = new SortedIndex<SessionEntry>(sessionKey);
  readonly #byServer = new KeyIndex<string | null>();
  readonly #byState = new KeyIndex<SessionState>();
  readonly #queued = new Set<string>();
  readonly #placement = new PlacementIndex(this.#servers);
  readonly #byTag = new TagIndex({
    server: (id) => this.#servers.get(id),
    sessions: this.#sortedSessions,
  });

  server(id: string): ServerEntry | undefined {
    return this.#servers.get(id);
  }

  servers(): Iterable<ServerEntry> {
    return this.#servers.values();
  }

  get serverCount(): number {
    return this.#servers.size;
  }

  /** Those with ids greater than `after`, ascending. */
  serversAfter(after: string | null): Iterable<ServerEntry> {
    return this.#sortedServers.after(after);
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
    return this.#sessions.get(key)?.session;
  }

  /** As it is now and will be: what it has changes with the view. */
  sessionEntry(key: string): SessionEntry | undefined {
    return this.#sessions.get(key);
  }

  sessionLive(key: string): SessionLive | undefined {
    return this.#sessions.get(key)?.live;
  }

  /** Those with keys greater than `after`, ascending. */
  sessionsAfter(after: string | null): Iterable<SessionEntry> {
    return this.#sortedSessions.after(after);
  }

  get sessionCount(): number {
    return this.#sessions.size;
  }

  /** Usually one; several when hosts made local sessions of the same id. */
  sessionsWithId(id: string): Session[] {
    return this.#all(this.#byId.get(id));
  }

  /** In the order of their keys. */
  sessionsOfOwner(owner: string): Sorted<SessionEntry> {
    return this.#byOwner.get(owner);
  }

  /** Sessions on servers with that tag, those with keys greater than `after`, ascending. */
  sessionsWithTagAfter(key: string, value: string, after: string | null): Iterable<SessionEntry> {
    return this.#byTag.after(key, value, after);
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
      if (isOlder(server, known.server)) return known;
      const before = known.tags;
      known.setServer(server);
      if (known.tags !== before) this.#byTag.serverChanged(before, known.tags);
      return known;
    }
    const entry = new ServerEntry(server, (changed) => this.#placement.changed(changed));
    this.#servers.set(server.id, entry);
    this.#sortedServers.add(entry);
    this.#placement.changed(entry);
    const sessions = this.sessionsOnServer(server.id);
    for (const session of sessions) entry.count(session, 1);
    if (sessions.length > 0) this.#byTag.serverChanged(null, entry.tags);
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
    this.#sortedServers.delete(id);
    if (this.#byServer.get(id).size > 0) this.#byTag.serverChanged(entry.tags, null);
  }

  putSession(session: Session): void {
    const known = this.#sessions.get(session.key);
    if (known === undefined) return this.#addSession({ session, live: undefined });
    // Writes of one session can come back in another order than they were made.
    if (known.session.version > session.version) return;
    this.#unindex(known.session);
    known.session = session;
    this.#index(known);
  }

  #addSession(known: KnownSession): void {
    this.#sessions.set(known.session.key, known);
    this.#sortedSessions.add(known);
    this.#index(known);
  }

  /** Of a session that is known; what is not shown must not take memory. */
  putSessionLive(key: string, live: SessionLive): void {
    const known = this.#sessions.get(key);
    if (known !== undefined) known.live = live;
  }

  removeSession(key: string): void {
    const known = this.#sessions.get(key);
    if (known === undefined) return;
    this.#unindex(known.session);
    this.#sessions.delete(key);
    this.#sortedSessions.delete(key);
  }

  #index(entry: SessionEntry): void {
    const { session } = entry;
    this.#byId.add(session.id, session.key);
    this.#byOwner.add(session.owner, entry);
    this.#byTag.add(entry);
    this.#byState.add(session.state, session.key);
    this.#byServer.add(session.serverId, session.key);
    if (session.serverId !== null) this.#servers.get(session.serverId)?.count(session, 1);
    if (isQueued(session)) this.#queued.add(session.key);
  }

  #unindex(session: Session): void {
    this.#byId.delete(session.id, session.key);
    this.#byOwner.delete(session.owner, session.key);
    this.#byTag.delete(session.key);
    this.#byState.delete(session.state, session.key);
    this.#byServer.delete(session.serverId, session.key);
    if (session.serverId !== null) this.#servers.get(session.serverId)?.count(session, -1);
    this.#queued.delete(session.key);
  }

  #all(keys: ReadonlySet<string>): Session[] {
    const sessions: Session[] = [];
    for (const key of keys) {
      const known = this.#sessions.get(key);
      if (known !== undefined) sessions.push(known.session);
    }
    return sessions;
  }
}

/** Writes of one server can come back in another order than they were made. */
function isOlder(server: Server, known: Server): boolean {
  const isSameRegistration = server.registeredAtMs === known.registeredAtMs;
  return isSameRegistration && server.placementVersion < known.placementVersion;
}

import type { Restriction } from '../domain/caller.js';
import type { SessionRequest } from '../domain/session-lifecycle.js';
import type { Session } from '../domain/session.js';
import { isUnrestricted, maySeeOwner, maySeeServer, seenSession } from '../domain/visibility.js';
import type { ServerEntry } from '../view/server-entry.js';
import type { SessionEntry, SessionLive } from '../view/session-entry.js';
import { connectionData, type ConnectionData, type ConnectionRequest } from './connection-data.js';
import { createSessions, type CreatedSession } from './create-session.js';
import { deleteSession, type DeletedSession, type DeleteRequest } from './delete-session.js';
import { findSessionById, type Sees } from './find-session.js';
import type { FleetContext } from './fleet-context.js';
import { closeServer, NO_SUCH_SERVER, openServer, type GateChanged } from './set-gate.js';
import { setPermissions, type PermissionsRequest, type PermissionsSet } from './set-permissions.js';
import { takeScreenshot, type Screenshot, type ScreenshotRequest } from './take-screenshot.js';

/** One of so many sessions or fewer: gathering those to be seen is quicker than looking through all. */
const ONE_OF_MANY = 16;

/**
 * The fleet as one API client may see and touch it: all that the handlers of the REST API get, so that none of them
 * can forget a limit. What is not to be seen is as if it did not exist.
 */
export class VisibleFleet {
  readonly #context: FleetContext;
  readonly #restriction: Restriction;
  readonly #seesAll: boolean;
  readonly #sees: Sees = (session) => this.#seen(session) !== null;

  constructor(context: FleetContext, restriction: Restriction) {
    this.#context = context;
    this.#restriction = restriction;
    this.#seesAll = isUnrestricted(restriction);
  }

  /** In the order of their ids, those greater than `after`. */
  servers(after: string | null): Iterable<ServerEntry> {
    return this.#visibleServers(this.#context.view.serversAfter(after));
  }

  serversWithIds(ids: readonly string[], after: string | null): Iterable<ServerEntry> {
    const sorted = [...new Set(ids)].filter((id) => after === null || id > after).sort();
    const entries = sorted.map((id) => this.#context.view.server(id));
    return this.#visibleServers(entries.filter((entry) => entry !== undefined));
  }

  /** Whether the client may know of that user. */
  seesUser(user: string): boolean {
    return maySeeOwner(this.#restriction, user);
  }

  /** In the order of their keys, those greater than `after`. */
  sessions(after: string | null): Iterable<SessionEntry> {
    return this.#visibleSessions(this.#few(after) ?? this.#context.view.sessionsAfter(after));
  }

  sessionsOfOwner(owner: string, after: string | null): Iterable<SessionEntry> {
    return this.#visibleSessions(this.#context.view.sessionsOfOwner(owner).after(after));
  }

  /** Perhaps with some more: whoever sees few sessions gets all of these. */
  sessionsWithTag(key: string, value: string, after: string | null): Iterable<SessionEntry> {
    const { view } = this.#context;
    return this.#visibleSessions(this.#few(after) ?? view.sessionsWithTagAfter(key, value, after));
  }

  async sessionsWithIds(ids: readonly string[], after: string | null): Promise<SessionEntry[]> {
    const found = new Map<string, Session>();
    for (const id of new Set(ids)) {
      const here = this.#withId(id);
      // What this broker does not know another may have stored a moment ago.
      const stored = here.length === 0 ? await this.#stored(id) : null;
      for (const session of stored === null ? here : [stored]) found.set(session.key, session);
    }
    const entries = [...found.values()].map((session) => {
      return { session, live: this.#context.view.sessionLive(session.key) };
    });
    return inOrder(entries, after);
  }

  /** Of a session that is seen: so is its server, if it has one that is known. */
  serverOf({ serverId }: Session): ServerEntry | undefined {
    return serverId === null ? undefined : this.#context.view.server(serverId);
  }

  liveOf({ key }: Session): SessionLive | undefined {
    return this.#context.view.sessionLive(key);
  }

  createSessions(requests: readonly SessionRequest[]): Promise<CreatedSession[]> {
    return createSessions(this.#context, requests, this.#restriction);
  }

  deleteSession(request: DeleteRequest): Promise<DeletedSession> {
    return deleteSession(this.#context, request, this.#sees);
  }

  setPermissions(request: PermissionsRequest): Promise<PermissionsSet> {
    return setPermissions(this.#context, request, this.#sees);
  }

  takeScreenshot(request: ScreenshotRequest): Promise<Screenshot> {
    return takeScreenshot(this.#context, request, this.#sees);
  }

  connectionData(request: ConnectionRequest): Promise<ConnectionData> {
    return connectionData(this.#context, request, this.#sees);
  }

  async openServer(serverId: string): Promise<GateChanged> {
    return this.#mayTouchServer(serverId) ? openServer(this.#context, serverId) : NO_SUCH_SERVER;
  }

  async closeServer(serverId: string, forced: boolean): Promise<GateChanged> {
    return this.#mayTouchServer(serverId) ? closeServer(this.#context, serverId, forced) : NO_SUCH_SERVER;
  }

  /** Who is limited to some servers never reaches the store for others, so that the time tells nothing either. */
  #mayTouchServer(serverId: string): boolean {
    if (this.#restriction.serverTags === null) return true;
    const entry = this.#context.view.server(serverId);
    return entry !== undefined && maySeeServer(this.#restriction, entry);
  }

  *#visibleServers(entries: Iterable<ServerEntry>): Generator<ServerEntry> {
    for (const entry of entries) if (this.#seesAll || maySeeServer(this.#restriction, entry)) yield entry;
  }

  #visibleSessions(entries: Iterable<SessionEntry>): Iterable<SessionEntry> {
    return this.#seesAll ? entries : this.#limitedSessions(entries);
  }

  *#limitedSessions(entries: Iterable<SessionEntry>): Generator<SessionEntry> {
    for (const { session, live } of entries) {
      const seen = this.#seen(session);
      if (seen !== null) yield { session: seen, live };
    }
  }

  /** All sessions that may be seen, and perhaps some more; null if that is no small part of all. */
  #few(after: string | null): SessionEntry[] | null {
    if (this.#seesAll) return null;
    const groups = [...this.#keysToLookAt()];
    const count = groups.reduce((sum, keys) => sum + keys.size, 0);
    if (count * ONE_OF_MANY > this.#context.view.sessionCount) return null;
    const keys = new Set(groups.flatMap((group) => [...group]));
    const entries = [...keys].map((key) => this.#context.view.sessionEntry(key));
    return inOrder(
      entries.filter((entry) => entry !== undefined),
      after,
    );
  }

  *#keysToLookAt(): Generator<ReadonlySet<string>> {
    const { view } = this.#context;
    const { owners } = this.#restriction;
    if (owners !== null) {
      for (const owner of owners) {
        yield new Set(Array.from(view.sessionsOfOwner(owner), ({ session }) => session.key));
      }
    } else {
      for (const [serverId, keys] of view.sessionKeysByServer()) {
        const server = serverId === null ? undefined : view.server(serverId);
        if (server === undefined || maySeeServer(this.#restriction, server)) yield keys;
      }
    }
  }

  #seen(session: Session): Session | null {
    return this.#seesAll ? session : seenSession(this.#restriction, session, this.serverOf(session));
  }

  #withId(id: string): Session[] {
    const sessions = this.#context.view.sessionsWithId(id);
    return sessions.map((session) => this.#seen(session)).filter((session) => session !== null);
  }

  async #stored(id: string): Promise<Session | null> {
    const stored = await findSessionById(this.#context, id, this.#sees);
    return stored === null ? null : this.#seen(stored);
  }
}

function inOrder(entries: readonly SessionEntry[], after: string | null): SessionEntry[] {
  return entries
    .filter(({ session }) => after === null || session.key > after)
    .sort((a, b) => (a.session.key < b.session.key ? -1 : 1));
}

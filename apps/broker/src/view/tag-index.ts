import type { ServerEntry } from './server-entry.js';
import type { SessionEntry } from './session-entry.js';
import { Sorted } from './sorted.js';

/** Portals ask for a few tags over and over; each that is kept costs every change of a session a look. */
const MOST_TAGS = 8;

interface Group {
  readonly key: string;
  readonly value: string;
  readonly sessions: Sorted<SessionEntry>;
}

export interface TagIndexSources {
  readonly server: (id: string) => ServerEntry | undefined;
  readonly sessions: Sorted<SessionEntry>;
}

/**
 * The sessions on servers with a tag, in order, for the tags that somebody has asked for lately: the first question looks
 * at all sessions (20 ms for 100,000), those after it at none that do not fit.
 */
export class TagIndex {
  readonly #sources: TagIndexSources;
  /** Those asked for least lately first. */
  readonly #groups = new Map<string, Group>();

  constructor(sources: TagIndexSources) {
    this.#sources = sources;
  }

  /** Those with keys greater than `after`, ascending. */
  after(key: string, value: string, after: string | null): Iterable<SessionEntry> {
    const name = JSON.stringify([key, value]);
    const group = this.#groups.get(name) ?? this.#gather(key, value);
    this.#groups.delete(name);
    this.#groups.set(name, group);
    if (this.#groups.size > MOST_TAGS) this.#groups.delete(this.#groups.keys().next().value as string);
    return group.sessions.after(after);
  }

  add(entry: SessionEntry): void {
    for (const group of this.#groups.values()) if (this.#fits(entry, group)) group.sessions.add(entry);
  }

  delete(sessionKey: string): void {
    for (const { sessions } of this.#groups.values()) sessions.delete(sessionKey);
  }

  /** The tags of a server are others now, or it came or went: what it may have changed is gathered anew when asked for. */
  serverChanged(before: ServerEntry['tags'] | null, after: ServerEntry['tags'] | null): void {
    for (const [name, { key, value }] of this.#groups) {
      if ((before?.get(key) === value) !== (after?.get(key) === value)) this.#groups.delete(name);
    }
  }

  #gather(key: string, value: string): Group {
    const group = { key, value, sessions: new Sorted<SessionEntry>(({ session }) => session.key) };
    for (const entry of this.#sources.sessions) if (this.#fits(entry, group)) group.sessions.add(entry);
    return group;
  }

  #fits({ session: { serverId } }: SessionEntry, { key, value }: Group): boolean {
    return serverId !== null && this.#sources.server(serverId)?.tag(key) === value;
  }
}

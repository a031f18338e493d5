import type { HostFacts } from '@dcvsm/protocol';
import type { Session } from '../domain/session.js';
import type { ServerEntry } from '../view/server-entry.js';
import type { SessionLive } from '../view/session-entry.js';
import { toWireSession } from './to-wire.js';

interface Kept {
  readonly facts: HostFacts | undefined;
  readonly live: SessionLive | undefined;
  readonly json: Buffer;
}

/**
 * Sessions as JSON, kept until something that is shown has changed. All that it is made of is replaced and never
 * changed, so the same objects give the same bytes, and nothing has to be told to forget.
 */
export class SessionJson {
  readonly #kept = new WeakMap<Session, Kept>();

  of(session: Session, entry: ServerEntry | undefined, live: SessionLive | undefined): Buffer {
    const facts = entry?.server.facts;
    const kept = this.#kept.get(session);
    if (kept !== undefined && kept.facts === facts && kept.live === live) return kept.json;
    const json = Buffer.from(JSON.stringify(toWireSession(session, entry, live)));
    this.#kept.set(session, { facts, live, json });
    return json;
  }
}

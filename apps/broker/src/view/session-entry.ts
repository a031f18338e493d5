import type { Session } from '../domain/session.js';

/** What changes all the time on a session; comes with reports and is never stored. */
export interface SessionLive {
  readonly connections: number;
  readonly lastDisconnectedAtMs: number | null;
}

/** A session with what was reported of it last. */
export interface SessionEntry {
  readonly session: Session;
  readonly live: SessionLive | undefined;
}

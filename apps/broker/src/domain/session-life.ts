import type { HostSession } from '@dcvsm/protocol';
import type { Session } from './session.js';

/**
 * Tells apart the lives of sessions that have one id after another: the record (which names the host of a session made
 * there), when it began, when DCV made the session, and when it was last thought gone. What was given out for one life
 * must not serve in the next.
 */
export function lifeOf(session: Session): string {
  const { key, requestedAtMs, createdAtMs, deletedAtMs } = session;
  return JSON.stringify([key, requestedAtMs, wholeSecond(createdAtMs), deletedAtMs]);
}

/**
 * Whether the host shows another session under the id of this one: it was closed and made anew between two reports. The
 * owner says so only of sessions made on the host: for others it is as the client wrote it, which DCV may print otherwise.
 */
export function isAnother(session: Session, host: HostSession): boolean {
  if (session.wanted === null && session.owner !== host.owner) return true;
  if (host.createdAt === undefined || session.createdAtMs === null) return false;
  return wholeSecond(Date.parse(host.createdAt)) !== wholeSecond(session.createdAtMs);
}

/** DCV prints fractions of a second in some answers and not in others. */
function wholeSecond(ms: number | null): number | null {
  return ms === null ? null : Math.floor(ms / 1000);
}

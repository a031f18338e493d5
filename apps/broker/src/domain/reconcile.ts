import type { HostSession } from '@dcvsm/protocol';
import { isAnother } from './session-life.js';
import type { Session } from './session.js';
import { adoptedKey } from './session-lifecycle.js';

/** What must change so that our records agree with what a host really has. */
export type Correction =
  /** The host has it: it is READY there (also after UNKNOWN, when it was thought deleted, or when it was made anew). */
  | { readonly kind: 'ready'; readonly session: Session; readonly host: HostSession }
  /** The host does not have it any more. */
  | { readonly kind: 'gone'; readonly session: Session }
  /** The host has one that nobody here asked for. */
  | { readonly kind: 'adopt'; readonly host: HostSession }
  /** The host has one that must not live there: given up, or alive on another server. */
  | { readonly kind: 'close'; readonly sessionId: string; readonly reason: string };

export interface ReconcileInput {
  readonly serverId: string;
  /** Ids the same host had before it was renamed; what is bound to them is bound here. */
  readonly formerServerIds: readonly string[];
  /** All sessions DCV on the host has. */
  readonly listed: readonly HostSession[];
  /** Records bound to this server. */
  readonly bound: Iterable<Session>;
  /** The record of that key, wherever it is bound. */
  readonly find: (key: string) => Session | undefined;
}

/** Compares records with the host. The host is the truth about what exists, the records about what was wanted. */
export function reconcile(input: ReconcileInput): Correction[] {
  const listedIds = new Set(input.listed.map((host) => host.id));
  const corrections: Correction[] = [];
  for (const session of input.bound) {
    if (!listedIds.has(session.id) && isMissed(session)) corrections.push({ kind: 'gone', session });
  }
  for (const host of input.listed) {
    const correction = recognise(input, host);
    if (correction !== null) corrections.push(correction);
  }
  return corrections;
}

/** A session in CREATING is not there yet; its own deadline says when that is a failure. */
function isMissed(session: Session): boolean {
  return session.state === 'READY' || session.state === 'UNKNOWN' || session.state === 'DELETING';
}

function recognise(input: ReconcileInput, host: HostSession): Correction | null {
  const own = input.find(host.id);
  if (own !== undefined && own.wanted !== null) return recogniseOwn(input, own, host);
  const found = input.find(adoptedKey(host.id, input.serverId));
  if (found === undefined) return { kind: 'adopt', host };
  if (found.state === 'DELETING') return null;
  if (found.state === 'READY' && !isAnother(found, host)) return null;
  return found.state === 'DELETED' ? recogniseDeleted(found, host) : { kind: 'ready', session: found, host };
}

function recogniseOwn(input: ReconcileInput, session: Session, host: HostSession): Correction | null {
  const { serverId } = session;
  const moved = serverId !== null && input.formerServerIds.includes(serverId);
  const isHere = serverId === input.serverId || moved;
  const wasTriedHere = [input.serverId, ...input.formerServerIds].some((id) =>
    session.triedServerIds.includes(id),
  );
  if (!isHere && wasTriedHere) {
    return close(host, 'its creation here was given up');
  }
  switch (session.state) {
    case 'READY':
      if (!isHere) return close(host, 'it is alive on another server');
      return moved || isAnother(session, host) ? { kind: 'ready', session, host } : null;
    case 'CREATING':
      return isHere ? { kind: 'ready', session, host } : close(host, 'it is being created on another server');
    case 'DELETING':
      return isHere ? null : close(host, 'it is being deleted');
    case 'UNKNOWN':
      return { kind: 'ready', session, host };
    case 'DELETED':
      return recogniseDeleted(session, host);
  }
}

function recogniseDeleted(session: Session, host: HostSession): Correction {
  return session.unwanted
    ? close(host, 'it was given up or its deletion is owed')
    : { kind: 'ready', session, host };
}

function close(host: HostSession, reason: string): Correction {
  return { kind: 'close', sessionId: host.id, reason };
}

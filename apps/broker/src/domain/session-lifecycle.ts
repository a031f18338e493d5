import type { HostSession, SessionState } from '@dcvsm/protocol';
import type { Session, WantedSession } from './session.js';

/**
 * The graph of a session's life. DELETED → READY is the one way back: a host shows a session that was thought
 * gone (a forced deletion of something alive, or a session recreated locally under its old id).
 */
const NEXT: Readonly<Record<SessionState, readonly SessionState[]>> = {
  CREATING: ['CREATING', 'READY', 'UNKNOWN', 'DELETING', 'DELETED'],
  READY: ['READY', 'UNKNOWN', 'DELETING', 'DELETED'],
  UNKNOWN: ['READY', 'DELETING', 'DELETED'],
  DELETING: ['DELETING', 'DELETED'],
  DELETED: ['READY'],
};

export function mayBecome(from: SessionState, to: SessionState): boolean {
  return NEXT[from].includes(to);
}

/** A transition: the changed session, or null when the graph forbids it. */
type Changed = Session | null;

function become(session: Session, to: SessionState, changes: Partial<Session>): Changed {
  if (!mayBecome(session.state, to)) return null;
  return { ...session, ...changes, state: to, version: session.version + 1 };
}

export interface SessionRequest {
  readonly name: string;
  readonly owner: string;
  readonly type: Session['type'];
  readonly wanted: WantedSession;
}

/** A session that was asked for and has no server yet. */
export function requested(id: string, request: SessionRequest, nowMs: number): Session {
  return {
    key: id,
    id,
    name: request.name,
    owner: request.owner,
    type: request.type,
    wanted: request.wanted,
    state: 'CREATING',
    stateReason: null,
    serverId: null,
    triedServerIds: [],
    requestedAtMs: nowMs,
    queuedUntilMs: null,
    reservedUntilMs: null,
    createdAtMs: null,
    deletedAtMs: null,
    unwanted: false,
    forced: false,
    storageRoot: request.wanted.storageRoot ?? null,
    version: 1,
  };
}

/** A session that was found on a host and not asked for here. */
export function adopted(host: HostSession, serverId: string, nowMs: number): Session {
  return {
    key: adoptedKey(host.id, serverId),
    id: host.id,
    name: host.name,
    owner: host.owner,
    type: host.type,
    wanted: null,
    state: 'READY',
    stateReason: null,
    serverId,
    triedServerIds: [],
    requestedAtMs: nowMs,
    queuedUntilMs: null,
    reservedUntilMs: null,
    createdAtMs: createdAtMs(host),
    deletedAtMs: null,
    unwanted: false,
    forced: false,
    storageRoot: host.storageRoot ?? null,
    version: 1,
  };
}

/** `@` cannot stand in a server id, which is base64, so keys of different hosts never meet. */
export function adoptedKey(sessionId: string, serverId: string): string {
  return `${sessionId}@${serverId}`;
}

/** Bound to a server: from here on it takes room there, until `untilMs` at the latest if nothing comes of it. */
export function placed(session: Session, serverId: string, untilMs: number): Changed {
  if (session.state !== 'CREATING') return null;
  return become(session, 'CREATING', {
    serverId,
    reservedUntilMs: untilMs,
    queuedUntilMs: null,
    stateReason: null,
  });
}

/** Its host is known by another id now; what was under way there goes on. */
export function moved(session: Session, serverId: string): Changed {
  return become(session, session.state, { serverId });
}

/** As above, for attempts that were given up there: what they may still leave is found under the new id. */
export function triedUnderNewId(session: Session, previousId: string, newId: string): Session {
  const triedServerIds = session.triedServerIds.map((id) => (id === previousId ? newId : id));
  return { ...session, triedServerIds, version: session.version + 1 };
}

/** Waits for a server. */
export function queued(session: Session, untilMs: number, reason: string): Changed {
  if (session.state !== 'CREATING') return null;
  return become(session, 'CREATING', {
    serverId: null,
    reservedUntilMs: null,
    queuedUntilMs: untilMs,
    stateReason: reason,
  });
}

/** The attempt on its server came to nothing; what happens next is decided elsewhere. */
export function attemptFailed(session: Session): Session {
  if (session.serverId === null) return session;
  return { ...session, triedServerIds: [...session.triedServerIds, session.serverId] };
}

/** The host has it. When it was last thought gone is kept: that is where an earlier life ended. */
export function ready(session: Session, host: HostSession, serverId: string): Changed {
  return become(session, 'READY', {
    // What a host made it may make anew under the same id, for somebody else.
    ...(session.wanted === null && { name: host.name, owner: host.owner, type: host.type }),
    serverId,
    stateReason: null,
    queuedUntilMs: null,
    reservedUntilMs: null,
    unwanted: false,
    forced: false,
    createdAtMs: createdAtMs(host) ?? session.createdAtMs,
    storageRoot: host.storageRoot ?? session.storageRoot,
  });
}

/** Nobody can say right now whether it lives. */
export function unknown(session: Session, reason: string): Changed {
  return session.state === 'READY' ? become(session, 'UNKNOWN', { stateReason: reason }) : null;
}

export function deleting(session: Session, options: { readonly forced: boolean }): Changed {
  return become(session, 'DELETING', {
    forced: session.forced || options.forced,
    unwanted: mustNotReturn(session),
    stateReason: null,
    reservedUntilMs: null,
    queuedUntilMs: null,
  });
}

export interface Gone {
  readonly atMs: number;
  readonly reason: string;
  /** Its host carried out the deletion; else the record ends without a word from the host. */
  readonly confirmed?: boolean;
}

export function deleted(session: Session, gone: Gone): Changed {
  return become(session, 'DELETED', {
    stateReason: gone.reason,
    deletedAtMs: gone.atMs,
    unwanted: gone.confirmed === true ? mayAppearLate(session) : mustNotReturn(session),
    queuedUntilMs: null,
    reservedUntilMs: null,
  });
}

/**
 * Its host may still be busy creating what was given up before it was READY, and nobody would use it. And a deletion that
 * was accepted without force stays owed until the host carries it out; force that comes later only ends the record.
 */
function mustNotReturn(session: Session): boolean {
  const isOwed = session.state === 'DELETING' && !session.forced;
  return session.state === 'CREATING' || session.unwanted || isOwed;
}

/** What the host removed can still be followed by the late result of an attempt that was given up there before. */
function mayAppearLate({ unwanted, serverId, triedServerIds }: Session): boolean {
  return unwanted || (serverId !== null && triedServerIds.includes(serverId));
}

/** New permissions, so that a creation tried again elsewhere gets them too. */
export function withPermissions(session: Session, permissionsFile: string): Session {
  if (session.wanted === null) return session;
  return { ...session, wanted: { ...session.wanted, permissionsFile }, version: session.version + 1 };
}

function createdAtMs(host: HostSession): number | null {
  return host.createdAt === undefined ? null : Date.parse(host.createdAt);
}

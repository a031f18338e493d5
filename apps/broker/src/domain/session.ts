import type { SessionState, SessionType } from '@dcvsm/protocol';
import type { ServerTag } from './caller.js';

/** What a client asked for; kept so that a creation can be tried again on another server. */
export interface WantedSession {
  readonly dcvGlEnabled?: boolean;
  readonly maxConcurrentClients?: number;
  readonly initFile?: string;
  readonly autorunFile?: string;
  readonly autorunFileArguments?: readonly string[];
  /** Base64. */
  readonly permissionsFile?: string;
  readonly requirements?: string;
  readonly storageRoot?: string;
  /** Only servers that have all these tags: the limits of the client that asked. Absent: any server. */
  readonly serverTags?: readonly ServerTag[];
  readonly enqueue: boolean;
  readonly retryOnFailure: boolean;
}

/**
 * One DCV session, real or wanted: the durable record. What changes all the time (connections) is not
 * here but in the view. A record is never changed in place; each change has the next `version`.
 */
export interface Session {
  /**
   * Unique in the fleet. For sessions created here it is the id; sessions made locally on hosts keep the
   * id they were given, and several hosts may each have one called `console`, so their key names the host too.
   */
  readonly key: string;
  /** The id on the wire. */
  readonly id: string;
  readonly name: string;
  readonly owner: string;
  readonly type: SessionType;
  /** null: made locally on the host and found there. */
  readonly wanted: WantedSession | null;
  readonly state: SessionState;
  /** Why the session is in its state, in words for people; null while there is nothing to say. */
  readonly stateReason: string | null;
  /** null: waits in the queue. */
  readonly serverId: string | null;
  /** Servers whose attempt failed; the next attempt goes elsewhere. */
  readonly triedServerIds: readonly string[];
  /**
   * When the request was accepted; the order of the queue. Requests of the same millisecond are a thousandth of
   * one apart, so that the order in which they came is kept.
   */
  readonly requestedAtMs: number;
  /** Waits for a server until then; null once placed. */
  readonly queuedUntilMs: number | null;
  /** The attempt on the server ends then: a session in CREATING with a server IS the reservation. */
  readonly reservedUntilMs: number | null;
  /** DCV's own creation time; null until the host told. */
  readonly createdAtMs: number | null;
  /** When it was last thought gone, also if its host showed it again later; null: never. */
  readonly deletedAtMs: number | null;
  /**
   * Given up before it was READY, to be deleted by a host that never confirmed it, or deleted by a host that may still
   * be busy with an earlier attempt. If its host shows it again, it is closed. Not set for the forced deletion of a
   * session that was READY: that only removes the record, and what still lives is shown again.
   */
  readonly unwanted: boolean;
  /** Whether the client asked to forget the session even if its server does not answer. */
  readonly forced: boolean;
  readonly storageRoot: string | null;
  readonly version: number;
}

/** A session takes room on its server from the reservation on until it is gone. */
export function occupiesServer(session: Session): boolean {
  return session.serverId !== null && session.state !== 'DELETED';
}

export function isQueued(session: Session): boolean {
  return session.state === 'CREATING' && session.serverId === null;
}

import { DomainError } from '../domain/error.js';
import type { Session } from '../domain/session.js';
import { findSessionById } from './find-session.js';
import type { FleetContext } from './fleet-context.js';
import { ensureUsable } from './usable-session.js';

export interface ConnectionData {
  readonly session: Session;
  readonly connectionToken: string;
}

/**
 * What `user` needs to connect to a READY session: the session and a fresh token bound to both.
 * @throws DomainError no-such-session, session-not-ready.
 */
export async function connectionData(
  context: FleetContext,
  sessionId: string,
  user: string,
): Promise<ConnectionData> {
  const session = await findSessionById(context, sessionId, user);
  if (session === null || session.state === 'DELETED') {
    throw new DomainError('no-such-session', `Dcv session not found: no session has the id ${sessionId}`);
  }
  const usable = ensureUsable(session);
  if (usable.kind === 'not-usable') throw new DomainError('session-not-ready', usable.reason);
  const connectionToken = context.connectionTokens.issue({
    sessionId: session.id,
    owner: session.owner,
    user,
  });
  return { session, connectionToken };
}

export type TokenVerdict =
  | { readonly kind: 'accepted'; readonly user: string }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * What the DCV server asks when somebody connects with a token (DCV administrator guide, "external authentication"):
 * is it one of ours, for this very session, and does the session still exist?
 */
export async function verifyConnectionToken(
  context: FleetContext,
  sessionId: string,
  token: string,
): Promise<TokenVerdict> {
  const read = context.connectionTokens.read(token);
  if (read.kind === 'invalid') return { kind: 'refused', reason: read.reason };
  if (read.claims.sessionId !== sessionId)
    return { kind: 'refused', reason: 'the token is for another session' };
  const session = await findSessionById(context, sessionId, read.claims.owner);
  const isAlive = session !== null && (session.state === 'READY' || session.state === 'UNKNOWN');
  if (!isAlive) return { kind: 'refused', reason: 'the session does not exist' };
  if (session.owner !== read.claims.owner) {
    return { kind: 'refused', reason: 'the session has another owner than when the token was issued' };
  }
  return { kind: 'accepted', user: read.claims.user };
}

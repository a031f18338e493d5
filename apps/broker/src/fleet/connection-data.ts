import { DomainError } from '../domain/error.js';
import { lifeOf } from '../domain/session-life.js';
import type { Session } from '../domain/session.js';
import { fitsXml } from '../domain/user-name.js';
import { lifeDigest } from '../security/connection-tokens.js';
import { findSessionById, type Sees } from './find-session.js';
import type { FleetContext } from './fleet-context.js';
import { ensureUsable } from './usable-session.js';

export interface ConnectionRequest {
  readonly sessionId: string;
  readonly user: string;
}

export interface ConnectionData {
  readonly session: Session;
  readonly connectionToken: string;
}

/**
 * What `user` needs to connect to a READY session: the session and a fresh token bound to both, and to this life of the
 * session: what is later made under the same id is another one.
 * @throws DomainError no-such-session, session-not-ready, invalid-request.
 */
export async function connectionData(
  context: FleetContext,
  { sessionId, user }: ConnectionRequest,
  sees: Sees,
): Promise<ConnectionData> {
  if (!fitsXml(user)) {
    throw new DomainError(
      'invalid-request',
      'user: has a character that no user name can have; leave it out',
    );
  }
  const session = await findSessionById(context, sessionId, sees, user);
  if (session === null || session.state === 'DELETED') {
    throw new DomainError('no-such-session', `Dcv session not found: no session has the id ${sessionId}`);
  }
  const usable = ensureUsable(session);
  if (usable.kind === 'not-usable') throw new DomainError('session-not-ready', usable.reason);
  const connectionToken = context.connectionTokens.issue({
    sessionId: session.id,
    life: lifeDigest(lifeOf(session)),
    owner: session.owner,
    user,
  });
  return { session, connectionToken };
}

import { printable } from '../domain/printable.js';
import { isQueued, type Session } from '../domain/session.js';
import { deleted, deleting } from '../domain/session-lifecycle.js';
import { changeSession } from './change-session.js';
import type { FleetContext } from './fleet-context.js';
import { findSessionById, type Sees } from './find-session.js';

export type DeletedSession =
  | { readonly kind: 'accepted'; readonly session: Session }
  | { readonly kind: 'refused'; readonly reason: string };

/** Clients compare with this sentence (rule 12). */
export const NO_SUCH_SESSION = 'The requested dcvSession does not exist';

/** Why somebody else's session is neither deleted nor changed. */
export function describeNotOwner({ owner, sessionId }: { owner: string; sessionId: string }): string {
  return `${printable(owner)} is not the owner of the session ${printable(sessionId)}`;
}

export interface DeleteRequest {
  readonly sessionId: string;
  readonly owner: string;
  readonly forced: boolean;
}

/**
 * Starts the deletion of a session. What waits in the queue is gone at once; what is on a server is DELETING
 * until the host confirms. With `forced` it is gone at once if its server does not answer.
 */
export async function deleteSession(
  context: FleetContext,
  request: DeleteRequest,
  sees: Sees,
): Promise<DeletedSession> {
  const found = await findSessionById(context, request.sessionId, sees, request.owner);
  if (found === null || found.state === 'DELETED') return refuse(NO_SUCH_SESSION);
  if (found.owner !== request.owner) return refuse(describeNotOwner(request));
  const changed = await changeSession(context, found.key, (session) =>
    decide(context, session, request.forced),
  );
  const session = changed ?? context.view.session(found.key);
  return session === undefined ? refuse(NO_SUCH_SESSION) : { kind: 'accepted', session };
}

function decide(context: FleetContext, session: Session, forced: boolean): Session | null {
  const atMs = context.clock.now();
  if (session.state === 'DELETED') return null;
  if (isQueued(session)) return deleted(session, { atMs, reason: 'Deleted while it waited for a server' });
  if (forced && !isReachable(context, session)) {
    return deleted(session, { atMs, reason: 'Deletion forced while its server was unreachable' });
  }
  if (session.state === 'DELETING' && session.forced >= forced) return null;
  return deleting(session, { forced });
}

function isReachable(context: FleetContext, session: Session): boolean {
  return session.serverId !== null && context.view.server(session.serverId)?.reachable === true;
}

function refuse(reason: string): DeletedSession {
  return { kind: 'refused', reason };
}

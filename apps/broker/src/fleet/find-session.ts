import type { Session } from '../domain/session.js';
import type { FleetContext } from './fleet-context.js';

/** Earlier: the better answer when hosts made several local sessions of one id. */
const BEST_FIRST: readonly Session['state'][] = ['READY', 'CREATING', 'UNKNOWN', 'DELETING', 'DELETED'];

/** Whether whoever asks may see the session; what is not seen is as if it did not exist. */
export type Sees = (session: Session) => boolean;

/**
 * All sessions of that id, for those without limits: DCV servers and gateways. Several only when hosts made them
 * locally. What this broker does not know another may have stored a moment ago.
 */
export async function sessionsOfId(context: FleetContext, id: string): Promise<readonly Session[]> {
  const known = context.view.sessionsWithId(id);
  if (known.length > 0) return known;
  const stored = await context.store.findSession(id);
  return stored === null ? [] : [stored];
}

/**
 * The session of that id. Several can share it only when hosts made them locally (`console`); then one of the given
 * owner, and one that is usable, comes first. If this broker knows none to be seen the store is
 * asked, whether or not the id exists: both take the same time.
 */
export async function findSessionById(
  context: FleetContext,
  id: string,
  sees: Sees,
  owner?: string,
): Promise<Session | null> {
  const known = context.view.sessionsWithId(id).filter(sees);
  if (known.length === 0) {
    const stored = await context.store.findSession(id);
    return stored !== null && sees(stored) ? stored : null;
  }
  const rank = (session: Session): number =>
    (session.owner === owner ? 0 : BEST_FIRST.length) + BEST_FIRST.indexOf(session.state);
  return known.reduce((best, session) => (rank(session) < rank(best) ? session : best));
}

import type { Session } from '../domain/session.js';
import type { FleetContext } from './fleet-context.js';

/** Earlier: the better answer when hosts made several local sessions of one id. */
const BEST_FIRST: readonly Session['state'][] = ['READY', 'CREATING', 'UNKNOWN', 'DELETING', 'DELETED'];

/**
 * The session of that id. Several can share it only when hosts made them locally (`console`); then one of the given
 * owner, and one that is usable, comes first. A session this broker does not know is looked up in the store.
 */
export async function findSessionById(
  context: FleetContext,
  id: string,
  owner?: string,
): Promise<Session | null> {
  const known = context.view.sessionsWithId(id);
  if (known.length === 0) return context.store.findSession(id);
  const rank = (session: Session): number =>
    (session.owner === owner ? 0 : BEST_FIRST.length) + BEST_FIRST.indexOf(session.state);
  return known.reduce((best, session) => (rank(session) < rank(best) ? session : best));
}

import type { Session } from '../domain/session.js';
import { deleted, moved } from '../domain/session-lifecycle.js';
import type { ServerEntry } from '../view/server-entry.js';
import { changeSession, removeSession } from './change-session.js';
import { failAttempt } from './fail-attempt.js';
import type { FleetContext } from './fleet-context.js';

/** A server is dropped for good, and with it the sessions that were on it. */
export async function forgetServer(context: FleetContext, entry: ServerEntry, reason: string): Promise<void> {
  const { id, linkEpoch } = entry.server;
  if ((await context.store.removeServer(id, linkEpoch)) === 'conflict') return;
  const sessions = context.view.sessionsOnServer(id);
  context.view.removeServer(id);
  context.log.info({ serverId: id, hostname: entry.server.facts.hostname, reason }, 'server forgotten');
  await Promise.all(sessions.map((session) => endSession(context, session, reason)));
}

/**
 * The server of a session is not coming back: what was still being created is tried elsewhere, the rest is gone. If
 * the host shows it again after all, it is READY again.
 */
export async function endSession(context: FleetContext, seen: Session, reason: string): Promise<void> {
  if (seen.state === 'CREATING') return failAttempt(context, seen, reason);
  await changeSession(context, seen.key, (session) => {
    if (session.serverId !== seen.serverId) return null;
    const gone = { atMs: context.clock.now(), reason };
    // A deletion that the host never confirmed is carried out when the host comes back.
    const isOwed = session.state === 'DELETING' && !session.forced;
    return deleted(session, isOwed ? { ...gone, unwanted: true } : gone);
  });
}

/** Sessions whose server is in the records no more: the broker died while it was forgetting it. */
export async function endOrphans(context: FleetContext): Promise<void> {
  for (const key of [...context.view.sessionKeysAfter(null)]) {
    const session = context.view.session(key);
    if (session === undefined || session.serverId === null || session.state === 'DELETED') continue;
    if (context.view.server(session.serverId) === undefined) {
      await endSession(context, session, 'its server is not known any more');
    }
  }
}

/**
 * The host behind `previousId` is now `newId` (its name or address changed). What is alive moved over when its new hello
 * was compared; what was adopted under the old id has been adopted anew, so its old record would be a double. What was
 * being created or deleted there goes on under the new id.
 */
export async function forgetRenamedServer(
  context: FleetContext,
  previousId: string,
  newId: string,
): Promise<void> {
  const entry = context.view.server(previousId);
  if (entry === undefined) return;
  for (const session of context.view.sessionsOnServer(previousId)) {
    if (session.wanted === null) await removeSession(context, session);
    else if (session.state === 'CREATING' || session.state === 'DELETING') {
      await changeSession(context, session.key, (current) =>
        current.serverId === previousId ? moved(current, newId) : null,
      );
    }
  }
  await forgetServer(context, entry, `its host is now known as server ${newId}`);
}

import type { Server } from '../domain/server.js';
import type { Session } from '../domain/session.js';
import { deleted, moved, triedUnderNewId } from '../domain/session-lifecycle.js';
import { changeSession, removeSession } from './change-session.js';
import { written } from './doubts.js';
import { failAttempt } from './fail-attempt.js';
import type { FleetContext } from './fleet-context.js';

/**
 * A server is dropped for good, and with it the sessions that were on it; not if its agent said hello since it was `seen`.
 *
 * Registered again it begins at epoch 1 and placement version 1. Nothing of before is taken for its own: reports need the
 * epoch of a link that is up, and none is when an unreachable server is dropped; the hub cuts the links of a renamed
 * host's former ids, and the end of a link counts only while the link is its server's. A reservation names the version of
 * an entry that left the view in the same moment; one that was on its way then could only meet version 1 again if the
 * server had never changed, and is then a reservation on a server of that id that is open, decided by older facts: its
 * host has the last word, and another one is tried if it refuses.
 */
export async function forgetServer(context: FleetContext, seen: Server, reason: string): Promise<void> {
  const { id, linkEpoch, facts } = seen;
  const removal = context.store.removeServer(id, linkEpoch);
  if ((await written(context, { serverId: id }, removal)) === 'conflict') return;
  const sessions = context.view.sessionsOnServer(id);
  context.view.removeServer(id);
  context.log.info({ serverId: id, hostname: facts.hostname, reason }, 'server forgotten');
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
    return deleted(session, { atMs: context.clock.now(), reason });
  });
}

/** Sessions whose server is in the records no more: the broker died, or the store failed, while it was forgetting it. */
export async function endOrphans(context: FleetContext): Promise<void> {
  for (const [serverId] of [...context.view.sessionKeysByServer()]) {
    if (serverId === null || context.view.server(serverId) !== undefined) continue;
    for (const session of context.view.sessionsOnServer(serverId)) {
      if (session.state !== 'DELETED') await endSession(context, session, 'its server is not known any more');
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
  await renameAttempts(context, previousId, newId);
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
  await forgetServer(context, entry.server, `its host is now known as server ${newId}`);
}

async function renameAttempts(context: FleetContext, previousId: string, newId: string): Promise<void> {
  for (const { session } of [...context.view.sessionsAfter(null)]) {
    if (!session.triedServerIds.includes(previousId)) continue;
    await changeSession(context, session.key, (current) =>
      current.triedServerIds.includes(previousId) ? triedUnderNewId(current, previousId, newId) : null,
    );
  }
}

import { nextCommand } from '../domain/next-command.js';
import type { Server } from '../domain/server.js';
import type { Session } from '../domain/session.js';
import { unknown } from '../domain/session-lifecycle.js';
import type { ServerEntry } from '../view/server-entry.js';
import { changeSession, removeSession } from './change-session.js';
import { driveSession } from './drive-session.js';
import { failAttempt } from './fail-attempt.js';
import { inBackground, type FleetContext } from './fleet-context.js';
import { endOrphans, endSession, forgetServer } from './forget-server.js';

/** Commands that got lost are sent again, attempts that took too long are ended. */
export async function driveSessions(context: FleetContext): Promise<void> {
  await context.doubts.settle(context);
  for (const session of [
    ...context.view.sessionsInState('CREATING'),
    ...context.view.sessionsInState('DELETING'),
  ]) {
    if (attemptIsOver(context, session)) {
      await failAttempt(context, session, describeTimeout(context, session));
    } else if (nextCommand(session, context.clock.now()) !== null) {
      inBackground(context, `driving session ${session.key}`, driveSession(context, session.key));
    }
  }
}

/**
 * While a server is away the host may have created the session already, and says so when it is back; so right after a
 * restart of the broker or the agent the deadline alone is no reason to create it again elsewhere.
 */
function attemptIsOver(context: FleetContext, session: Session): boolean {
  const now = context.clock.now();
  if (session.state !== 'CREATING' || session.serverId === null) return false;
  if (session.reservedUntilMs === null || session.reservedUntilMs > now) return false;
  return unreachableForMs(context, session.serverId) === null || isLeaseOver(context, session.serverId);
}

function describeTimeout(context: FleetContext, session: Session): string {
  const seconds = context.rules.createTimeoutMs / 1000;
  const unreachable = session.serverId !== null && unreachableForMs(context, session.serverId) !== null;
  return unreachable ? 'its server became unreachable' : `its server did not create it within ${seconds} s`;
}

/** Sessions of servers that cannot be asked are UNKNOWN, and forgotten with them after the configured times. */
export async function expireServers(context: FleetContext): Promise<void> {
  await endOrphans(context);
  for (const entry of [...context.view.servers()]) {
    const awayMs = unreachableForMs(context, entry.id);
    if (awayMs === null) {
      if (entry.dcvProblem !== null)
        await doubt(context, entry, `Its DCV server is unhealthy: ${entry.dcvProblem}`);
      continue;
    }
    const seen = entry.server;
    if (awayMs >= context.rules.leaseMs) await doubt(context, entry, 'Its server is unreachable');
    // Its agent may have said hello while we waited.
    if (context.view.server(seen.id)?.server === seen) await expireUnreachable(context, seen, awayMs);
  }
}

async function doubt(context: FleetContext, entry: ServerEntry, reason: string): Promise<void> {
  const ready = context.view.sessionsOnServer(entry.id).filter(({ state }) => state === 'READY');
  await Promise.all(
    ready.map(({ key }) => changeSession(context, key, (current) => unknown(current, reason))),
  );
}

async function expireUnreachable(context: FleetContext, seen: Server, awayMs: number): Promise<void> {
  const { unreachableServerRetentionMs, unreachableServerSessionsRetentionMs: sessionsMs } = context.rules;
  const reason = `its server was unreachable for ${Math.round(awayMs / 1000)} s`;
  if (sessionsMs !== undefined && awayMs >= sessionsMs) {
    const alive = context.view.sessionsOnServer(seen.id).filter(({ state }) => state !== 'DELETED');
    await Promise.all(alive.map((session) => endSession(context, session, reason)));
  }
  if (awayMs >= unreachableServerRetentionMs) await forgetServer(context, seen, reason);
}

/** Deleted sessions are shown for a while, then removed for good. */
export async function forgetDeletedSessions(context: FleetContext): Promise<void> {
  const before = context.clock.now() - context.rules.deletedRetentionMs;
  for (const session of context.view.sessionsInState('DELETED')) {
    if ((session.deletedAtMs ?? 0) <= before) await removeSession(context, session);
  }
}

/** null: reachable. A server nobody knows has been away for ever. */
function unreachableForMs(context: FleetContext, serverId: string): number | null {
  const entry = context.view.server(serverId);
  if (entry === undefined) return Number.POSITIVE_INFINITY;
  if (entry.live.linkEpoch !== null) return null;
  const now = context.clock.monotonicMs();
  return now - (entry.live.unreachableSinceMs ?? now);
}

function isLeaseOver(context: FleetContext, serverId: string): boolean {
  return (unreachableForMs(context, serverId) ?? 0) >= context.rules.leaseMs;
}

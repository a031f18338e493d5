import { describeUnplaceable, type Unplaceable } from '../domain/placement.js';
import type { Session } from '../domain/session.js';
import { attemptFailed, deleted, queued } from '../domain/session-lifecycle.js';
import { changeSession } from './change-session.js';
import type { FleetContext } from './fleet-context.js';
import { placeSession } from './place-session.js';

/**
 * The attempt that `session` describes came to nothing: try another server while retries are left and wanted, else
 * give up and say why. Does nothing if the session has moved on meanwhile.
 */
export async function failAttempt(context: FleetContext, session: Session, reason: string): Promise<void> {
  const current = context.view.session(session.key);
  if (current === undefined || !isSameAttempt(current, session)) return;
  const failed = attemptFailed(current);
  const { log } = context;
  log.warn(
    { sessionId: session.id, serverId: session.serverId, reason },
    'an attempt to create a session failed',
  );
  if (!mayRetry(context, failed)) return giveUp(context, session, `Creation failed: ${reason}`);
  const result = await placeSession(context, failed, current.version);
  if (result.kind === 'unplaceable') await waitOrGiveUp(context, session, failed, reason, result);
}

function isSameAttempt(current: Session, session: Session): boolean {
  return (
    current.state === 'CREATING' &&
    current.serverId === session.serverId &&
    current.triedServerIds.length === session.triedServerIds.length
  );
}

function mayRetry(context: FleetContext, failed: Session): boolean {
  if (failed.wanted === null || !failed.wanted.retryOnFailure) return false;
  return failed.triedServerIds.length <= context.rules.createRetries;
}

async function waitOrGiveUp(
  context: FleetContext,
  attempt: Session,
  failed: Session,
  reason: string,
  unplaceable: Unplaceable,
): Promise<void> {
  const words = `Creation failed: ${reason}; then: ${describeUnplaceable(unplaceable)}`;
  if (failed.wanted?.enqueue !== true) return giveUp(context, attempt, words);
  const untilMs = failed.requestedAtMs + context.rules.queueMaxWaitMs;
  await changeSession(context, attempt.key, (current) =>
    isSameAttempt(current, attempt) ? queued(attemptFailed(current), untilMs, words) : null,
  );
}

async function giveUp(context: FleetContext, attempt: Session, reason: string): Promise<void> {
  await changeSession(context, attempt.key, (current) =>
    isSameAttempt(current, attempt) ? deleted(current, { atMs: context.clock.now(), reason }) : null,
  );
}

import type { HostSession, Outcome } from '@dcvsm/protocol';
import type { CommandAnswer } from '../bus/bus.js';
import { nextCommand, type DueCommand } from '../domain/next-command.js';
import type { Session } from '../domain/session.js';
import { deleted, ready } from '../domain/session-lifecycle.js';
import { changeSession } from './change-session.js';
import { failAttempt } from './fail-attempt.js';
import type { FleetContext } from './fleet-context.js';
import { rememberLive } from './session-live.js';

/**
 * Sends what is due for a session and takes in what became of it. Safe to call at any time: what is on its way
 * is not sent again, and what got lost is derived again from the record.
 */
export async function driveSession(context: FleetContext, key: string): Promise<void> {
  const session = context.view.session(key);
  if (session === undefined) return;
  const due = nextCommand(session, context.clock.now());
  if (due === null) return;
  const inFlight = `${key} ${due.command.kind} ${due.serverId} ${session.triedServerIds.length}`;
  if (context.commandsInFlight.has(inFlight)) return;
  context.commandsInFlight.add(inFlight);
  let answer: CommandAnswer;
  try {
    answer = await send(context, due);
  } finally {
    context.commandsInFlight.delete(inFlight);
  }
  if (session.state === 'DELETING') await applyDeletion(context, session, answer);
  else await applyCreation(context, session, answer);
}

/** Carries the command to the host and waits for what becomes of it. */
export function send(context: FleetContext, due: DueCommand): Promise<CommandAnswer> {
  return context.bus.request({
    serverId: due.serverId,
    commandId: due.commandId,
    command: due.command,
    timeLeftMs: due.untilMs - context.clock.now(),
  });
}

async function applyCreation(context: FleetContext, session: Session, answer: CommandAnswer): Promise<void> {
  // Unanswered: the host may have it. Its next report or the deadline decides.
  if (answer.kind === 'unanswered') return;
  const { outcome } = answer.reply;
  if (outcome.kind === 'created') return becomeReady(context, session, outcome.session);
  await failAttempt(context, session, failureReason(outcome));
}

async function becomeReady(context: FleetContext, session: Session, host: HostSession): Promise<void> {
  const { serverId } = session;
  if (serverId === null) return;
  rememberLive(context, session.key, host);
  await changeSession(context, session.key, (current) =>
    current.state === 'CREATING' && current.serverId === serverId ? ready(current, host, serverId) : null,
  );
}

async function applyDeletion(context: FleetContext, session: Session, answer: CommandAnswer): Promise<void> {
  const isGone =
    answer.kind === 'outcome' &&
    (answer.reply.outcome.kind === 'deleted' ||
      (answer.reply.outcome.kind === 'failed' && answer.reply.outcome.sessionMissing));
  const why = answer.kind === 'outcome' ? failureReason(answer.reply.outcome) : answer.why;
  // Force may have come while the command was on its way.
  const isForced = context.view.session(session.key)?.forced ?? session.forced;
  if (!isGone && !isForced) {
    context.log.warn(
      { sessionId: session.id, serverId: session.serverId, why },
      'a deletion will be tried again',
    );
    return;
  }
  const reason = isGone ? 'Deleted on request' : `Deletion forced; its server could not confirm it: ${why}`;
  await changeSession(context, session.key, (current) =>
    current.state === 'DELETING'
      ? deleted(current, { atMs: context.clock.now(), reason, confirmed: isGone })
      : null,
  );
}

function failureReason(outcome: Outcome): string {
  return outcome.kind === 'failed' ? outcome.reason : `unexpected outcome "${outcome.kind}"`;
}

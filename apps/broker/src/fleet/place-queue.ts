import { describeUnplaceable } from '../domain/placement.js';
import { isQueued, type Session } from '../domain/session.js';
import { deleted } from '../domain/session-lifecycle.js';
import { changeSession } from './change-session.js';
import type { FleetContext } from './fleet-context.js';
import { placeSession } from './place-session.js';

/**
 * Looks through the queue, oldest first: what waited too long is given up, what fits somewhere is placed. A request
 * that fits nowhere does not hold up others that ask for something else.
 */
export async function placeQueue(context: FleetContext): Promise<void> {
  const hopeless = new Set<string>();
  for (const waiting of context.view.queue()) {
    const session = context.view.session(waiting.key);
    if (session === undefined || !isQueued(session)) continue;
    if (hasWaitedTooLong(context, session)) await giveUpWaiting(context, session);
    else if (!hopeless.has(wish(session))) await tryToPlace(context, session, hopeless);
  }
}

/** Within one look room only gets scarcer, so what found none once need not be asked again. */
function wish(session: Session): string {
  return JSON.stringify([session.type, session.owner, session.wanted, session.triedServerIds]);
}

async function tryToPlace(context: FleetContext, session: Session, hopeless: Set<string>): Promise<void> {
  const result = await placeSession(context, session, session.version);
  if (result.kind === 'unplaceable') hopeless.add(wish(session));
}

function hasWaitedTooLong(context: FleetContext, session: Session): boolean {
  return session.queuedUntilMs !== null && session.queuedUntilMs <= context.clock.now();
}

async function giveUpWaiting(context: FleetContext, session: Session): Promise<void> {
  const last =
    session.stateReason ?? describeUnplaceable({ kind: 'unplaceable', considered: 0, counts: new Map() });
  const waitedSeconds = Math.round((context.clock.now() - session.requestedAtMs) / 1000);
  const reason = `Gave up after ${waitedSeconds} s in the queue. When it was queued: ${last}`;
  await changeSession(context, session.key, (current) =>
    isQueued(current) ? deleted(current, { atMs: context.clock.now(), reason }) : null,
  );
}

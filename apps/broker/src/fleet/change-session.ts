import { nextCommand } from '../domain/next-command.js';
import type { Session } from '../domain/session.js';
import { written } from './doubts.js';
import { driveSession } from './drive-session.js';
import { inBackground, type FleetContext } from './fleet-context.js';

/** More conflicts in a row than this are no race any more. */
const MOST_TRIES = 10;

/** The changed session, or null when nothing should be changed. Must be pure: it runs again after a conflict. */
export type DecideChange = (session: Session) => Session | null;

/**
 * The one way a stored session changes: look, decide, compare-and-set, and look again after a conflict.
 * Resolves with the changed session, or null if it does not exist or `decide` left it alone.
 */
export async function changeSession(
  context: FleetContext,
  key: string,
  decide: DecideChange,
): Promise<Session | null> {
  let seen = context.view.session(key) ?? (await context.store.findSession(key));
  for (let tries = 0; seen !== null && tries < MOST_TRIES; tries += 1) {
    const next = decide(seen);
    if (next === null) return null;
    const change = context.store.changeSession(next, seen.version);
    if ((await written(context, { sessionKey: key }, change)) === 'changed') {
      sessionChanged(context, next);
      return next;
    }
    seen = await refreshSession(context, key);
  }
  if (seen === null) return null;
  throw new Error(`the session ${key} kept changing under ${MOST_TRIES} attempts to change it`);
}

/** Takes a stored change into the view and sets off what follows from it. */
export function sessionChanged(context: FleetContext, session: Session): void {
  context.view.putSession(session);
  if (session.state === 'DELETED') context.wakeQueue();
  if (nextCommand(session, context.clock.now()) !== null) {
    inBackground(context, `driving session ${session.key}`, driveSession(context, session.key));
  }
}

/** Removes the record for good, unless it has changed since `session` was seen. */
export async function removeSession(context: FleetContext, session: Session): Promise<void> {
  const { key, version } = session;
  const removal = context.store.removeSession(key, version);
  if ((await written(context, { sessionKey: key }, removal)) === 'removed') context.view.removeSession(key);
}

/** The store's copy, also taken into the view; null if it is gone. */
export async function refreshSession(context: FleetContext, key: string): Promise<Session | null> {
  const stored = await context.store.findSession(key);
  if (stored === null) context.view.removeSession(key);
  else context.view.putSession(stored);
  return stored;
}

import { isDeepStrictEqual } from 'node:util';
import type { HostSession, Report } from '@dcvsm/protocol';
import { reconcile, type Correction } from '../domain/reconcile.js';
import { isAnother } from '../domain/session-life.js';
import type { Session } from '../domain/session.js';
import { adopted, adoptedKey, deleted, ready } from '../domain/session-lifecycle.js';
import { changeSession } from './change-session.js';
import { closeStrays, type Stray } from './close-strays.js';
import { written } from './doubts.js';
import type { FleetContext } from './fleet-context.js';
import { rememberLive } from './session-live.js';

/** Takes in a report of the link `epoch`; a report of an older link changes nothing and answers false. */
export async function applyReport(
  context: FleetContext,
  from: { readonly serverId: string; readonly epoch: number },
  report: Report,
): Promise<boolean> {
  const entry = context.view.server(from.serverId);
  if (entry === undefined || entry.live.linkEpoch !== from.epoch) return false;
  const couldTakeSessions = entry.dcvProblem === null;
  context.view.putServerLive(from.serverId, {
    load: report.load,
    dcvProblem: report.dcv.healthy ? null : report.dcv.problem,
  });
  const factsChanged = !isDeepStrictEqual(entry.server.facts, report.facts);
  // The listing is compared before any wait: while we waited, an outcome could make the comparison wrong.
  const listing = report.dcv.healthy ? applyListing(context, from.serverId, report.dcv.sessions) : [];
  // Both at once: a rejection of the one that nobody waited for yet would end the process.
  const [strays] = await Promise.all([listing, factsChanged && storeFacts(context, from, report)]);
  closeStrays(context, strays);
  if (factsChanged || (!couldTakeSessions && report.dcv.healthy)) context.wakeQueue();
  return true;
}

async function storeFacts(
  context: FleetContext,
  from: { readonly serverId: string; readonly epoch: number },
  report: Report,
): Promise<void> {
  const { serverId: id, epoch: linkEpoch } = from;
  const change = context.store.changeServerFacts({ id, facts: report.facts, linkEpoch });
  const server = await written(context, { serverId: id }, change);
  if (server !== null) context.view.putServer(server);
}

/**
 * Makes our records agree with the sessions that DCV on the host lists. Resolves with those that must not be there,
 * which only a command can change.
 */
export async function applyListing(
  context: FleetContext,
  serverId: string,
  listed: readonly HostSession[],
  formerServerIds: readonly string[] = [],
): Promise<Stray[]> {
  const corrections = reconcile({
    serverId,
    formerServerIds,
    listed,
    bound: context.view.sessionsOnServer(serverId),
    find: (key) => context.view.session(key),
  });
  for (const host of listed) rememberListed(context, serverId, host);
  await Promise.all(corrections.map((correction) => correct(context, serverId, correction)));
  return corrections.flatMap((correction) =>
    correction.kind === 'close'
      ? [{ serverId, sessionId: correction.sessionId, reason: correction.reason }]
      : [],
  );
}

function rememberListed(context: FleetContext, serverId: string, host: HostSession): void {
  const own = context.view.session(host.id);
  const key = own?.serverId === serverId ? own.key : adoptedKey(host.id, serverId);
  rememberLive(context, key, host);
}

async function correct(context: FleetContext, serverId: string, correction: Correction): Promise<void> {
  switch (correction.kind) {
    case 'ready':
      await becomeReady(context, serverId, correction.session, correction.host);
      return;
    case 'gone':
      await becomeGone(context, correction.session);
      return;
    case 'adopt':
      await adopt(context, serverId, correction.host);
      return;
    case 'close':
      return;
  }
}

async function becomeReady(
  context: FleetContext,
  serverId: string,
  seen: Session,
  host: HostSession,
): Promise<void> {
  const changed = await changeSession(context, seen.key, (session) =>
    session.version === seen.version ? ready(session, host, serverId) : null,
  );
  if (changed === null) return;
  rememberLive(context, changed.key, host);
  // It takes room that no reservation announced.
  const isNewHere = seen.state === 'DELETED' || seen.serverId !== serverId || isAnother(seen, host);
  if (isNewHere) await touchServer(context, serverId);
}

async function becomeGone(context: FleetContext, seen: Session): Promise<void> {
  const confirmed = seen.state === 'DELETING';
  const reason = confirmed ? 'Deleted on request' : 'No longer exists on its server';
  const gone = { atMs: context.clock.now(), reason, confirmed };
  await changeSession(context, seen.key, (session) =>
    session.version === seen.version ? deleted(session, gone) : null,
  );
}

async function adopt(context: FleetContext, serverId: string, host: HostSession): Promise<void> {
  const session = adopted(host, serverId, context.clock.now());
  const addition = context.store.addSession(session);
  if ((await written(context, { sessionKey: session.key }, addition)) === 'exists') return;
  context.view.putSession(session);
  rememberLive(context, session.key, host);
  context.log.info({ sessionId: host.id, serverId, owner: host.owner }, 'adopted a session made on its host');
  await touchServer(context, serverId);
}

async function touchServer(context: FleetContext, serverId: string): Promise<void> {
  const server = await written(context, { serverId }, context.store.touchServer(serverId));
  if (server !== null) context.view.putServer(server);
}

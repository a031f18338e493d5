import { isDeepStrictEqual } from 'node:util';
import type { HostSession, Report } from '@dcvsm/protocol';
import { reconcile, type Correction } from '../domain/reconcile.js';
import type { Session } from '../domain/session.js';
import { adopted, adoptedKey, deleted, ready } from '../domain/session-lifecycle.js';
import { changeSession } from './change-session.js';
import { closeStrays, type Stray } from './close-strays.js';
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
  const listing = report.dcv.healthy ? applyListing(context, from.serverId, report.dcv.sessions) : undefined;
  if (factsChanged) await storeFacts(context, from, report);
  if (listing !== undefined) closeStrays(context, await listing);
  if (factsChanged || (!couldTakeSessions && report.dcv.healthy)) context.wakeQueue();
  return true;
}

async function storeFacts(
  context: FleetContext,
  from: { readonly serverId: string; readonly epoch: number },
  report: Report,
): Promise<void> {
  const { serverId: id, epoch: linkEpoch } = from;
  const server = await context.store.changeServerFacts({ id, facts: report.facts, linkEpoch });
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
  if (seen.state === 'DELETED' || seen.serverId !== serverId) await touchServer(context, serverId);
}

async function becomeGone(context: FleetContext, seen: Session): Promise<void> {
  const reason = seen.state === 'DELETING' ? 'Deleted on request' : 'No longer exists on its server';
  await changeSession(context, seen.key, (session) =>
    session.version === seen.version ? deleted(session, { atMs: context.clock.now(), reason }) : null,
  );
}

async function adopt(context: FleetContext, serverId: string, host: HostSession): Promise<void> {
  const session = adopted(host, serverId, context.clock.now());
  if ((await context.store.addSession(session)) === 'exists') return;
  context.view.putSession(session);
  rememberLive(context, session.key, host);
  context.log.info({ sessionId: host.id, serverId, owner: host.owner }, 'adopted a session made on its host');
  await touchServer(context, serverId);
}

async function touchServer(context: FleetContext, serverId: string): Promise<void> {
  const server = await context.store.touchServer(serverId);
  if (server !== null) context.view.putServer(server);
}

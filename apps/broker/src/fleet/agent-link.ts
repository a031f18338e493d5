import type { Hello } from '@dcvsm/protocol';
import { nextCommand } from '../domain/next-command.js';
import type { Server } from '../domain/server.js';
import { applyListing } from './apply-report.js';
import { closeStrays, type Stray } from './close-strays.js';
import { written } from './doubts.js';
import { driveSession } from './drive-session.js';
import { inBackground, type FleetContext } from './fleet-context.js';
import { forgetRenamedServer } from './forget-server.js';

/** A server that is registered and whose link is about to be established. */
export interface AcceptedAgent {
  readonly server: Server;
  /** Sessions that its host has and must not have. */
  readonly strays: readonly Stray[];
}

/**
 * An agent said hello: its server is registered and our records are made to agree with the host. The server takes
 * no session before `linkEstablished`, when commands can reach it and what occupies it is known.
 */
export async function acceptAgent(context: FleetContext, hello: Hello): Promise<AcceptedAgent> {
  const { report, serverId } = hello;
  const registeredAtMs = context.clock.now();
  const registration = context.store.registerServer({ id: serverId, facts: report.facts, registeredAtMs });
  const server = await written(context, { serverId }, registration);
  context.view.putServer(server);
  context.view.putServerLive(serverId, {
    linkEpoch: null,
    unreachableSinceMs: context.clock.monotonicMs(),
    load: report.load,
    dcvProblem: report.dcv.healthy ? null : report.dcv.problem,
  });
  const formerIds = hello.previousServerIds.filter((id) => id !== serverId);
  const listed = report.dcv.healthy ? report.dcv.sessions : null;
  const strays = listed === null ? [] : await applyListing(context, serverId, listed, formerIds);
  for (const formerId of formerIds) await forgetRenamedServer(context, formerId, serverId);
  return { server, strays };
}

/** Commands reach the agent now: the server is placeable, and what waited for it is sent. */
export function linkEstablished(context: FleetContext, { server, strays }: AcceptedAgent): void {
  const { id: serverId, linkEpoch } = server;
  if (context.view.server(serverId)?.server.linkEpoch !== linkEpoch) return;
  context.view.putServerLive(serverId, { linkEpoch, unreachableSinceMs: null });
  closeStrays(context, strays);
  for (const session of context.view.sessionsOnServer(serverId)) {
    if (nextCommand(session, context.clock.now()) === null) continue;
    inBackground(context, `driving session ${session.key}`, driveSession(context, session.key));
  }
  context.wakeQueue();
}

/** The link is gone; a late end of an older link changes nothing. */
export function linkLost(context: FleetContext, serverId: string, epoch: number): void {
  const entry = context.view.server(serverId);
  if (entry === undefined || entry.live.linkEpoch !== epoch) return;
  context.view.putServerLive(serverId, { linkEpoch: null, unreachableSinceMs: context.clock.monotonicMs() });
}

import type { ServerEntry } from '../view/server-entry.js';
import { written } from './doubts.js';
import type { FleetContext } from './fleet-context.js';

/** What OpenServers and CloseServers answer for one server; codes are part of the contract (rule 15). */
export type GateChanged =
  { readonly kind: 'changed' } | { readonly kind: 'refused'; readonly code: string; readonly reason: string };

export const NO_SUCH_SERVER: GateChanged = {
  kind: 'refused',
  code: 'DCV_SERVER_NOT_FOUND',
  reason: 'Dcv server not found.',
};

/** Opens a server for new sessions; opening an open one is harmless. */
export async function openServer(context: FleetContext, serverId: string): Promise<GateChanged> {
  const server = await written(context, { serverId }, context.store.setGate(serverId, 'OPEN'));
  if (server === null) return NO_SUCH_SERVER;
  context.view.putServer(server);
  context.wakeQueue();
  return { kind: 'changed' };
}

/**
 * Closes a server for new sessions. One that has sessions is closed only with `forced`; its sessions go on. No
 * session slips in between: reservations on their way are counted already, and later ones come after the gate.
 */
export async function closeServer(
  context: FleetContext,
  serverId: string,
  forced: boolean,
): Promise<GateChanged> {
  const entry = context.view.server(serverId);
  if (!forced && entry?.gate === 'OPEN' && sessionsOf(entry) > 0) return hasSessions(sessionsOf(entry));
  const server = await written(context, { serverId }, context.store.setGate(serverId, 'CLOSED'));
  if (server === null) return NO_SUCH_SERVER;
  context.view.putServer(server);
  return { kind: 'changed' };
}

function sessionsOf(entry: ServerEntry): number {
  return entry.consoleSessions + entry.virtualSessions;
}

function hasSessions(sessions: number): GateChanged {
  const count = sessions === 1 ? '1 session' : `${sessions} sessions`;
  return {
    kind: 'refused',
    code: 'DCV_SERVER_HAS_SESSIONS',
    reason: `The server has ${count}. Set Force to close it all the same; the sessions go on.`,
  };
}

import { resolveSession, type Resolution, type Transport } from '../domain/resolve-session.js';
import { sessionsOfId } from './find-session.js';
import type { FleetContext } from './fleet-context.js';

/** Where a gateway finds the session. Answered from memory, unless the id is unknown here. */
export async function resolveForGateway(
  context: FleetContext,
  sessionId: string,
  transport: Transport,
): Promise<Resolution> {
  return resolveSession({
    sessions: await sessionsOfId(context, sessionId),
    transport,
    server: (id) => context.view.server(id)?.server,
    mapping: (key) => context.dnsMappings.find(key),
  });
}

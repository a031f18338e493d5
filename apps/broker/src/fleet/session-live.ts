import type { HostSession } from '@dcvsm/protocol';
import type { FleetContext } from './fleet-context.js';

/** Takes what changes all the time on a session into the view. */
export function rememberLive(context: FleetContext, key: string, host: HostSession): void {
  context.view.putSessionLive(key, {
    connections: host.connections,
    lastDisconnectedAtMs: host.lastDisconnectedAt === undefined ? null : Date.parse(host.lastDisconnectedAt),
  });
}

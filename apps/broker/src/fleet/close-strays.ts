import { deleteCommand } from '../domain/next-command.js';
import { occupiesServer } from '../domain/session.js';
import { send } from './drive-session.js';
import { inBackground, type FleetContext } from './fleet-context.js';

/** A session on a host that must not be there. */
export interface Stray {
  readonly serverId: string;
  readonly sessionId: string;
  /** For the log. */
  readonly reason: string;
}

/**
 * Closes them, but for those that were placed there since they were found: a close sent after the command to create would
 * end what was just asked for. Nothing of ours depends on the outcome, and what is still there is listed again.
 */
export function closeStrays(context: FleetContext, strays: readonly Stray[]): void {
  for (const stray of strays) {
    const { serverId, sessionId } = stray;
    const session = context.view.session(sessionId);
    if (session?.serverId === serverId && occupiesServer(session)) continue;
    context.log.warn(stray, 'closing a session that must not be there');
    const work = send(context, deleteCommand(serverId, sessionId, context.clock.now()));
    inBackground(context, `closing ${sessionId} on ${serverId}`, work);
  }
}

import { withPermissions } from '../domain/session-lifecycle.js';
import { changeSession } from './change-session.js';
import { describeNotOwner, NO_SUCH_SESSION } from './delete-session.js';
import { findSessionById, type Sees } from './find-session.js';
import type { FleetContext } from './fleet-context.js';
import { describeUnanswered, ensureUsable } from './usable-session.js';

const SET_PERMISSIONS_TIMEOUT_MS = 20_000;

export interface PermissionsRequest {
  readonly sessionId: string;
  readonly owner: string;
  /** Base64. */
  readonly permissionsFile: string;
}

export type PermissionsSet = { readonly kind: 'set' } | { readonly kind: 'refused'; readonly reason: string };

/** Replaces the permissions of a READY session, and remembers them for when it is created again. */
export async function setPermissions(
  context: FleetContext,
  request: PermissionsRequest,
  sees: Sees,
): Promise<PermissionsSet> {
  const session = await findSessionById(context, request.sessionId, sees, request.owner);
  if (session === null || session.state === 'DELETED') return { kind: 'refused', reason: NO_SUCH_SESSION };
  if (session.owner !== request.owner) return { kind: 'refused', reason: describeNotOwner(request) };
  const usable = ensureUsable(session);
  if (usable.kind === 'not-usable') return { kind: 'refused', reason: usable.reason };
  const { permissionsFile } = request;
  const answer = await context.bus.request({
    serverId: usable.serverId,
    commandId: `permissions:${context.ids.uuid()}`,
    command: { kind: 'set-permissions', sessionId: session.id, permissionsFile },
    timeLeftMs: SET_PERMISSIONS_TIMEOUT_MS,
  });
  if (answer.kind === 'unanswered') return { kind: 'refused', reason: describeUnanswered(answer.why) };
  const { outcome } = answer.reply;
  if (outcome.kind === 'failed') return { kind: 'refused', reason: outcome.reason };
  await changeSession(context, session.key, (current) =>
    current.wanted === null ? null : withPermissions(current, permissionsFile),
  );
  return { kind: 'set' };
}

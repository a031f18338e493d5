import type { Command } from '@dcvsm/protocol';
import type { Session } from './session.js';

export interface DueCommand {
  readonly serverId: string;
  /** The same for every sending of the same attempt, so that the agent recognises a repetition. */
  readonly commandId: string;
  readonly command: Command;
  /** Until when it is worth doing. */
  readonly untilMs: number;
}

/** How long one sending of a deletion waits for its outcome before it is sent again. */
const DELETE_ATTEMPT_MS = 60_000;

/** What must be done for a session now, derived from its record alone; null: nothing. */
export function nextCommand(session: Session, nowMs: number): DueCommand | null {
  if (session.serverId === null) return null;
  if (session.state === 'DELETING') return deleteCommand(session.serverId, session.id, nowMs);
  if (session.state !== 'CREATING' || session.wanted === null || session.reservedUntilMs === null)
    return null;
  if (session.reservedUntilMs <= nowMs) return null;
  return {
    serverId: session.serverId,
    commandId: `create:${session.id}:${session.triedServerIds.length + 1}`,
    command: createCommand(session, session.wanted),
    untilMs: session.reservedUntilMs,
  };
}

/** Also used for sessions on a host that must not be there. Each sending is new: deleting twice is harmless. */
export function deleteCommand(serverId: string, sessionId: string, nowMs: number): DueCommand {
  return {
    serverId,
    commandId: `delete:${sessionId}:${nowMs}`,
    command: { kind: 'delete-session', sessionId },
    untilMs: nowMs + DELETE_ATTEMPT_MS,
  };
}

function createCommand(session: Session, wanted: NonNullable<Session['wanted']>): Command {
  return {
    kind: 'create-session',
    sessionId: session.id,
    name: session.name,
    owner: session.owner,
    type: session.type,
    ...(wanted.dcvGlEnabled !== undefined && { dcvGlEnabled: wanted.dcvGlEnabled }),
    ...(wanted.maxConcurrentClients !== undefined && { maxConcurrentClients: wanted.maxConcurrentClients }),
    ...(wanted.initFile !== undefined && { initFile: wanted.initFile }),
    ...(wanted.autorunFile !== undefined && { autorunFile: wanted.autorunFile }),
    ...(wanted.autorunFileArguments !== undefined && {
      autorunFileArguments: [...wanted.autorunFileArguments],
    }),
    ...(wanted.permissionsFile !== undefined && { permissionsFile: wanted.permissionsFile }),
    ...(wanted.storageRoot !== undefined && { storageRoot: wanted.storageRoot }),
  };
}

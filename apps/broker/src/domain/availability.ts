import type { UnavailabilityReason } from '@dcvsm/protocol';
import type { Gate } from './server.js';

/** What decides whether a server can take any session at all. */
export interface ServerCondition {
  readonly gate: Gate;
  readonly reachable: boolean;
  readonly dcvProblem: string | null;
  readonly osFamily: 'windows' | 'linux';
  readonly loggedInUsers: number;
  readonly consoleSessions: number;
  readonly virtualSessions: number;
  /** -1: unlimited. */
  readonly maxVirtualSessions: number;
}

/**
 * Why a server takes no new session, or null if it does (administration guide, "Availability"). What an operator
 * has to mend comes before what passes by itself; a closed server is SERVER_CLOSED even while it drains.
 */
export function unavailabilityReason(server: ServerCondition): UnavailabilityReason | null {
  if (!server.reachable) return 'UNREACHABLE_AGENT';
  if (server.gate === 'CLOSED') return 'SERVER_CLOSED';
  if (server.dcvProblem !== null) return 'UNHEALTHY_DCV_SERVER';
  if (isFull(server)) return 'SERVER_FULL';
  if (hasForeignUser(server)) return 'EXISTING_LOGGED_IN_USER';
  return null;
}

/** A console session takes the whole host; so does the last virtual one that fits. */
function isFull(server: ServerCondition): boolean {
  if (server.consoleSessions > 0) return true;
  if (server.osFamily === 'windows') return false;
  return hasNoVirtualRoom(server);
}

/** A Linux host that allows no virtual sessions at all still has room for a console session. */
function hasNoVirtualRoom(server: ServerCondition): boolean {
  return server.maxVirtualSessions > 0 && server.virtualSessions >= server.maxVirtualSessions;
}

/** On Windows somebody who logged in some other way (RDP) would lose or share the desktop. */
export function hasForeignUser(server: ServerCondition): boolean {
  return server.osFamily === 'windows' && server.loggedInUsers > 0 && server.consoleSessions === 0;
}

import type { OperationScope } from '@dcvsm/protocol';
import { unrestricted, type Caller, type Restriction, type ServerTag } from './caller.js';
import { printable } from './printable.js';
import type { Session } from './session.js';
import type { SessionRequest } from './session-lifecycle.js';

/**
 * What a caller may see and touch. All else is as if it were not there: whoever asks for it gets the words for an id
 * that does not exist.
 */

/** A server as far as visibility looks at it; its tags include the built-in ones. */
export interface TaggedServer {
  tag(key: string): string | undefined;
}

/** Longer lists of owners are cut in refusals. */
const MOST_OWNERS_NAMED = 10;

export function restrictionOf(caller: Caller): Restriction {
  return caller.kind === 'client' ? caller.restriction : unrestricted;
}

/** Each scope stands for itself: who may administer may not read unless that is given too. */
export function hasScope(caller: Caller, scope: OperationScope): boolean {
  return caller.kind === 'anybody' || caller.scopes.has(scope);
}

export function isUnrestricted({ owners, serverTags }: Restriction): boolean {
  return owners === null && serverTags === null;
}

export function hasAllTags(server: TaggedServer, tags: readonly ServerTag[]): boolean {
  return tags.every(({ key, value }) => server.tag(key) === value);
}

/** Owners do not limit servers: whoever creates sessions needs to see where there is room. */
export function maySeeServer({ serverTags }: Restriction, server: TaggedServer): boolean {
  return serverTags === null || hasAllTags(server, serverTags);
}

/**
 * `server` is the one the session is on; undefined if it has none yet or that one is forgotten. Then what the session
 * was wanted for decides.
 */
export function maySeeSession(
  restriction: Restriction,
  session: Session,
  server: TaggedServer | undefined,
): boolean {
  if (!maySeeOwner(restriction, session.owner)) return false;
  const { serverTags } = restriction;
  if (serverTags === null) return true;
  return server === undefined ? isWantedWithin(session, serverTags) : hasAllTags(server, serverTags);
}

/** Also for the users who are logged in on a server. */
export function maySeeOwner({ owners }: Restriction, owner: string): boolean {
  return owners === null || owners.includes(owner);
}

/**
 * The session as the caller sees it, or null if it is not to be seen. Why a session is in its state may count the
 * servers that were looked at, so who sees only some servers is told no reason that speaks of others.
 */
export function seenSession(
  restriction: Restriction,
  session: Session,
  server: TaggedServer | undefined,
): Session | null {
  if (!maySeeSession(restriction, session, server)) return null;
  const { serverTags } = restriction;
  if (session.stateReason === null || serverTags === null || session.wanted === null) return session;
  return isWantedWithin(session, serverTags) ? session : { ...session, stateReason: null };
}

/** Whether the session can only ever be placed on servers that have all these tags. */
function isWantedWithin({ wanted }: Session, tags: readonly ServerTag[]): boolean {
  const wantedTags = wanted?.serverTags ?? [];
  return tags.every(({ key, value }) => wantedTags.some((tag) => tag.key === key && tag.value === value));
}

/** Why the caller may not create a session for that owner; it is told its own limits, not those of others. */
export function ownerProblem({ owners }: Restriction, owner: string): string | null {
  if (owners === null || owners.includes(owner)) return null;
  if (owners.length === 0) return 'Owner: this API client may create sessions for nobody';
  const named = owners.slice(0, MOST_OWNERS_NAMED).map((name) => `"${printable(name)}"`);
  const more = owners.length > named.length ? ` and ${owners.length - named.length} more` : '';
  return `Owner: this API client may create sessions only for ${named.join(', ')}${more}`;
}

/** What was asked for, bound to the servers that the caller may use, for as long as the session exists. */
export function limitedRequest({ serverTags }: Restriction, request: SessionRequest): SessionRequest {
  return serverTags === null ? request : { ...request, wanted: { ...request.wanted, serverTags } };
}

import {
  compileRequirements,
  describeProblem,
  parseRequirements,
  type RequirementTest,
} from '@dcvsm/requirements';
import { place, type Placement, type PlacementRequest, type Unplaceable } from '../domain/placement.js';
import { placed } from '../domain/session-lifecycle.js';
import type { Session } from '../domain/session.js';
import type { ServerEntry } from '../view/server-entry.js';
import { sessionChanged } from './change-session.js';
import { written } from './doubts.js';
import type { FleetContext } from './fleet-context.js';

/** With one broker a conflict is rare; this many in a row mean that the store disagrees with itself. */
const MOST_CONFLICTS = 50;

export type PlacedSession =
  | { readonly kind: 'placed'; readonly session: Session }
  | Unplaceable
  /** Somebody changed the session meanwhile (for example deleted it); placing it is no longer wanted. */
  | { readonly kind: 'session-changed' };

/**
 * Chooses a server and reserves room on it. Resolves after the reservation is durable. Up to its first wait the
 * choice and the hold on the server are one step, so that requests of the same moment see each other.
 */
export async function placeSession(
  context: FleetContext,
  session: Session,
  sessionVersion: number | null,
): Promise<PlacedSession> {
  for (let conflicts = 0; conflicts < MOST_CONFLICTS; conflicts += 1) {
    // A doubtful reservation may take room that the view does not know of.
    if (context.doubts.areThere) await context.doubts.settle(context);
    const choice = choose(context, session);
    if (choice.kind === 'unplaceable') return choice;
    const entry = context.view.server(choice.serverId);
    if (entry === undefined) continue;
    const outcome = await reserve(context, entry, session, sessionVersion);
    if (outcome !== 'server-changed') return outcome;
    // The stored version has some of those on their way in it already, and nobody knows which.
    await Promise.allSettled(context.reservationsInFlight);
    await refreshServer(context, entry.id);
  }
  throw new Error(`no reservation for session ${session.key} after ${MOST_CONFLICTS} conflicts`);
}

async function reserve(
  context: FleetContext,
  entry: ServerEntry,
  session: Session,
  sessionVersion: number | null,
): Promise<PlacedSession | 'server-changed'> {
  const next = placed(session, entry.id, context.clock.now() + context.rules.createTimeoutMs);
  if (next === null) return { kind: 'session-changed' };
  const placementVersion = entry.nextPlacementVersion;
  const reservation = context.store.reserve(next, { placementVersion, sessionVersion });
  entry.hold(next);
  context.reservationsInFlight.add(reservation);
  let answer;
  try {
    answer = await written(context, { sessionKey: next.key, serverId: entry.id }, reservation);
  } finally {
    entry.endHold(next);
    context.reservationsInFlight.delete(reservation);
  }
  if (answer === 'server-changed') return answer;
  if (answer === 'session-changed') return { kind: answer };
  const raised = Math.max(entry.server.placementVersion, placementVersion + 1);
  entry.setServer({ ...entry.server, placementVersion: raised });
  sessionChanged(context, next);
  return { kind: 'placed', session: next };
}

/**
 * Another server if there is one; a server that failed before is better than none. Only a refusal looks at every server,
 * for its counted reasons.
 */
function choose(context: FleetContext, session: Session): Placement {
  const request = placementRequest(context, session);
  const strategy = context.rules.placementStrategy;
  const best = context.view.bestServer(request, session.wanted?.requirements ?? '', strategy);
  if (best !== undefined) return { kind: 'placed', serverId: best.id };
  const elsewhere = place(request, context.view.servers(), strategy);
  if (elsewhere.kind === 'placed' || !elsewhere.counts.has('tried')) return elsewhere;
  return place({ ...request, triedServerIds: [] }, context.view.servers(), strategy);
}

function placementRequest(context: FleetContext, session: Session): PlacementRequest {
  const serverTags = session.wanted?.serverTags;
  return {
    type: session.type,
    owner: session.owner,
    meetsRequirements: requirementTest(context, session.wanted?.requirements ?? ''),
    hasAutorunFile: session.wanted?.autorunFile !== undefined,
    triedServerIds: session.triedServerIds,
    ...(serverTags !== undefined && { serverTags }),
  };
}

/** The compiled requirement; accepted requests have been checked, so a problem here is a bug. */
function requirementTest(context: FleetContext, text: string): RequirementTest {
  const known = context.requirementTests.get(text);
  if (known !== undefined) return known;
  const parsed = parseRequirements(text);
  if (!parsed.ok) throw new Error(`unchecked requirements: ${describeProblem(parsed.problem)}`);
  const test = compileRequirements(parsed.tree);
  context.requirementTests.set(text, test);
  return test;
}

export async function refreshServer(context: FleetContext, serverId: string): Promise<void> {
  const stored = await context.store.findServer(serverId);
  if (stored === null) return context.view.removeServer(serverId);
  const isNew = context.view.server(serverId) === undefined;
  context.view.putServer(stored);
  if (isNew) context.view.putServerLive(serverId, { unreachableSinceMs: context.clock.monotonicMs() });
}

import type { RequirementSubject } from '@dcvsm/requirements';
import type { SessionType } from '@dcvsm/protocol';
import { hasForeignUser, type ServerCondition } from './availability.js';
import type { ServerTag } from './caller.js';
import { hasAllTags } from './visibility.js';

/** A server as placement sees it: one entry of an unchanging snapshot. */
export interface Candidate extends ServerCondition {
  readonly id: string;
  /** Virtual sessions of one user here. */
  virtualSessionsOf(owner: string): number;
  /** -1: unlimited. */
  readonly maxVirtualSessionsPerUser: number;
  /** One-minute load average per CPU; 0 while unknown. */
  readonly loadPerCpu: number;
  /** Used part of the memory, 0 to 1; 0 while unknown. */
  readonly memoryUse: number;
  /** What requirements may ask about. */
  readonly subject: RequirementSubject;
}

export interface PlacementRequest {
  readonly type: SessionType;
  readonly owner: string;
  readonly meetsRequirements: (subject: RequirementSubject) => boolean;
  readonly hasAutorunFile: boolean;
  readonly triedServerIds: readonly string[];
  /** Servers that lack one of these tags are as if they were not there. Absent: all are. */
  readonly serverTags?: readonly ServerTag[];
}

/** Why one server cannot take a request, in the order in which the filters are asked. */
export const rejections = {
  requirements: 'not meeting the requirements',
  unreachable: 'unreachable',
  closed: 'closed',
  unhealthy: 'with an unhealthy DCV server',
  osType: 'whose operating system does not allow the session type',
  autorun: 'that cannot run an autorun file in a console session',
  consoleExists: 'with a console session',
  virtualExists: 'with virtual sessions, which exclude a console session',
  loggedInUser: 'with a logged-in user',
  full: 'full',
  userLimit: "at the user's session limit",
  tried: 'that already failed to create it',
} as const;
export type Rejection = keyof typeof rejections;

export type PlacementStrategy = 'spread' | 'pack' | 'least-loaded';

/** Servers counted by why they were refused. */
export interface Unplaceable {
  readonly kind: 'unplaceable';
  readonly considered: number;
  readonly counts: ReadonlyMap<Rejection, number>;
}

export type Placement = { readonly kind: 'placed'; readonly serverId: string } | Unplaceable;

/**
 * Chooses the server: filters first, then the strategy's order, then the smaller id, so that the same snapshot
 * and request always give the same answer.
 */
export function place(
  request: PlacementRequest,
  candidates: Iterable<Candidate>,
  strategy: PlacementStrategy,
): Placement {
  const counts = new Map<Rejection, number>();
  const rankOf = ranks[strategy];
  let best: Ranked | null = null;
  let considered = 0;
  for (const candidate of candidates) {
    if (!isOffered(request, candidate)) continue;
    considered += 1;
    const rejection = reject(request, candidate);
    if (rejection !== null) {
      counts.set(rejection, (counts.get(rejection) ?? 0) + 1);
      continue;
    }
    const ranked: Ranked = { id: candidate.id, rank: rankOf(candidate) };
    if (best === null || isBefore(ranked, best)) best = ranked;
  }
  return best === null ? { kind: 'unplaceable', considered, counts } : { kind: 'placed', serverId: best.id };
}

/** Whether the server exists at all for this request; it is neither chosen nor counted if not. */
export function isOffered({ serverTags }: PlacementRequest, server: Candidate): boolean {
  return serverTags === undefined || hasAllTags(server.subject, serverTags);
}

/** The first filter that refuses the server, or null if it can take the request. */
export function reject(request: PlacementRequest, server: Candidate): Rejection | null {
  if (!request.meetsRequirements(server.subject)) return 'requirements';
  if (!server.reachable) return 'unreachable';
  if (server.gate === 'CLOSED') return 'closed';
  if (server.dcvProblem !== null) return 'unhealthy';
  if (request.triedServerIds.includes(server.id)) return 'tried';
  if (server.consoleSessions > 0) return 'consoleExists';
  return request.type === 'CONSOLE' ? rejectConsole(request, server) : rejectVirtual(request, server);
}

function rejectConsole(request: PlacementRequest, server: Candidate): Rejection | null {
  if (server.virtualSessions > 0) return 'virtualExists';
  if (request.hasAutorunFile && server.osFamily === 'linux') return 'autorun';
  return hasForeignUser(server) ? 'loggedInUser' : null;
}

function rejectVirtual(request: PlacementRequest, server: Candidate): Rejection | null {
  if (server.osFamily === 'windows') return 'osType';
  if (isAtLimit(server.virtualSessions, server.maxVirtualSessions)) return 'full';
  const ofUser = server.virtualSessionsOf(request.owner);
  return isAtLimit(ofUser, server.maxVirtualSessionsPerUser) ? 'userLimit' : null;
}

function isAtLimit(count: number, limit: number): boolean {
  return limit >= 0 && count >= limit;
}

/** What a strategy looks at, most important first; smaller is better. */
export type Rank = readonly [number, number, number];

const sessionsOf = (server: Candidate): number => server.consoleSessions + server.virtualSessions;

/**
 * spread: fewest sessions, then lowest load. pack: most sessions, so that other hosts stay empty and can be
 * stopped, then lowest load. least-loaded: lowest load per CPU, then least memory in use, then fewest sessions.
 */
export const ranks: Readonly<Record<PlacementStrategy, (server: Candidate) => Rank>> = {
  spread: (server) => [sessionsOf(server), server.loadPerCpu, 0],
  pack: (server) => [-sessionsOf(server), server.loadPerCpu, 0],
  'least-loaded': (server) => [server.loadPerCpu, server.memoryUse, sessionsOf(server)],
};

/** A server with the rank it had when it was looked at. */
export interface Ranked {
  readonly id: string;
  readonly rank: Rank;
}

/** Whether `a` is the better choice: by rank, then by id, so that there is always one answer. */
export function isBefore(a: Ranked, b: Ranked): boolean {
  const difference = a.rank[0] - b.rank[0] || a.rank[1] - b.rank[1] || a.rank[2] - b.rank[2];
  return difference === 0 ? a.id < b.id : difference < 0;
}

/** The sentence clients look for ("No DCV server found"), with the counted reasons after it. */
export function describeUnplaceable(result: Unplaceable): string {
  const sentence = 'No DCV server found for the given criteria';
  if (result.considered === 0) return `${sentence}: no server is registered`;
  const reasons = (Object.keys(rejections) as Rejection[])
    .filter((rejection) => result.counts.has(rejection))
    .map((rejection) => `${result.counts.get(rejection)} ${rejections[rejection]}`);
  const servers = result.considered === 1 ? '1 server' : `${result.considered} servers`;
  return `${sentence}: of ${servers}, ${reasons.join(', ')}`;
}

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { HostFacts, HostLoad } from '@dcvsm/protocol';
import type { RequirementSubject, RequirementTest } from '@dcvsm/requirements';
import { BROKER_FOLDER } from '../processes/broker-process.js';

/**
 * The pure parts of the built broker. It is a program and exports nothing, so they are loaded as files, and typed
 * here by what the benchmarks need of them; a changed name or shape makes them fail, not measure something else.
 */
export interface BrokerParts {
  readonly newView: () => View;
  readonly requested: (id: string, request: SessionRequest, nowMs: number) => Session;
  readonly placed: (session: Session, serverId: string, untilMs: number) => Session | null;
}

export interface PlacementRequest {
  readonly type: 'VIRTUAL';
  readonly owner: string;
  readonly meetsRequirements: RequirementTest;
  readonly hasAutorunFile: boolean;
  readonly triedServerIds: readonly string[];
}

interface SessionRequest {
  readonly name: string;
  readonly owner: string;
  readonly type: 'VIRTUAL';
  readonly wanted: {
    readonly enqueue: boolean;
    readonly retryOnFailure: boolean;
    readonly requirements: string;
  };
}

interface Candidate {
  readonly id: string;
  readonly subject: RequirementSubject;
}

interface Session {
  readonly key: string;
}

interface Server {
  readonly id: string;
  readonly facts: HostFacts;
  readonly gate: 'OPEN';
  readonly linkEpoch: number;
  readonly placementVersion: number;
  readonly registeredAtMs: number;
}

export interface View {
  servers(): Iterable<Candidate>;
  bestServer(request: PlacementRequest, requirements: string, strategy: 'spread'): Candidate | undefined;
  putServer(server: Server): unknown;
  putServerLive(id: string, live: { readonly linkEpoch: number; readonly load: HostLoad }): void;
  putSession(session: Session): void;
  removeSession(key: string): void;
}

export async function loadBrokerParts(): Promise<BrokerParts> {
  const load = async (file: string): Promise<Record<string, unknown>> =>
    (await import(pathToFileURL(join(BROKER_FOLDER, 'dist', file)).href)) as Record<string, unknown>;
  const { requested, placed } = await load('domain/session-lifecycle.js');
  const { View } = await load('view/view.js');
  const ViewClass = View as new () => View;
  return { requested, placed, newView: () => new ViewClass() } as BrokerParts;
}

import type { HostFacts, HostLoad } from '@dcvsm/protocol';

export type Gate = 'OPEN' | 'CLOSED';

/** One DCV host: the durable record. */
export interface Server {
  readonly id: string;
  readonly facts: HostFacts;
  /** Whether new sessions may be placed here (OpenServers, CloseServers). */
  readonly gate: Gate;
  /** Number of the newest link; messages of older links change nothing. */
  readonly linkEpoch: number;
  /** Changes with everything that placement relies on; a reservation names the one it saw. */
  readonly placementVersion: number;
  readonly registeredAtMs: number;
}

/** What is known of a server right now; kept in memory only. */
export interface ServerLive {
  /** Epoch of the link that is up, or null: unreachable. */
  readonly linkEpoch: number | null;
  /** Monotonic time at which the link was lost, or at which this broker started without one. */
  readonly unreachableSinceMs: number | null;
  readonly load: HostLoad | null;
  /** null: healthy or not yet known. */
  readonly dcvProblem: string | null;
}

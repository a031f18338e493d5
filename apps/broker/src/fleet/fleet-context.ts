import type { RequirementTest } from '@dcvsm/requirements';
import type { Clock, Ids, Log } from '@dcvsm/runtime';
import type { LRUCache } from 'lru-cache';
import type { Bus } from '../bus/bus.js';
import type { PlacementStrategy } from '../domain/placement.js';
import type { ConnectionTokens } from '../security/connection-tokens.js';
import type { DnsMappings } from '../security/dns-mappings.js';
import type { Store } from '../store/store.js';
import type { View } from '../view/view.js';
import type { Doubts } from './doubts.js';

/** The figures of the configuration that the fleet goes by. */
export interface FleetRules {
  readonly placementStrategy: PlacementStrategy;
  readonly queueMaxRequests: number;
  readonly queueMaxWaitMs: number;
  readonly createTimeoutMs: number;
  /** Attempts after the first one. */
  readonly createRetries: number;
  readonly deletedRetentionMs: number;
  readonly leaseMs: number;
  readonly unreachableServerRetentionMs: number;
  /** undefined: as long as the server. */
  readonly unreachableServerSessionsRetentionMs: number | undefined;
  readonly autorunMaxArguments: number;
  readonly autorunMaxArgumentCharacters: number;
  readonly screenshot: {
    readonly maxWidthPixels: number;
    readonly maxHeightPixels: number;
    readonly format: 'png' | 'jpeg';
  };
}

/** What every use case of the fleet works with. */
export interface FleetContext {
  readonly store: Store;
  readonly view: View;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly rules: FleetRules;
  readonly connectionTokens: ConnectionTokens;
  readonly dnsMappings: DnsMappings;
  /** Compiled requirements by their text; portals send the same few over and over. */
  readonly requirementTests: LRUCache<string, RequirementTest>;
  /** Work nobody waits for, so that stopping and tests can. */
  readonly background: Set<Promise<void>>;
  /** Commands on their way, so that none is sent twice at once. */
  readonly commandsInFlight: Set<string>;
  /** Reservations that the store has not answered yet. */
  readonly reservationsInFlight: Set<Promise<unknown>>;
  /** What failed writes leave open. */
  readonly doubts: Doubts;
  /** Queue entries on their way to the store. */
  queueAdds: number;
  /** When the last request was accepted; see Session.requestedAtMs. */
  lastRequestedAtMs: number;
  /** Asks for a look at the queue; set when the loops start. */
  wakeQueue: () => void;
}

/** Runs work that the caller does not wait for; a failure is a bug and is logged as one. */
export function inBackground(context: FleetContext, what: string, work: Promise<unknown>): void {
  const tracked: Promise<void> = work.then(
    () => undefined,
    (cause: unknown) => context.log.error({ err: cause }, `${what} failed`),
  );
  context.background.add(tracked);
  void tracked.then(() => context.background.delete(tracked));
}

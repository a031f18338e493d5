import type { Clock, Ids, Log } from '@dcvsm/runtime';
import { LRUCache } from 'lru-cache';
import { InProcessBus } from '../bus/in-process-bus.js';
import type { BrokerConfig } from '../config/read-config.js';
import { Doubts } from '../fleet/doubts.js';
import type { FleetContext } from '../fleet/fleet-context.js';
import { ConnectionTokens } from '../security/connection-tokens.js';
import { DnsMappings } from '../security/dns-mappings.js';
import type { Store } from '../store/store.js';
import { View } from '../view/view.js';
import { fleetRules } from './fleet-rules.js';

export interface FleetContextParts {
  readonly config: BrokerConfig;
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

/** What the fleet works with, before anything is loaded into the view. */
export async function makeFleetContext(parts: FleetContextParts): Promise<FleetContext> {
  const { config, store, clock, ids, log } = parts;
  const secret = await store.secret('connection-token-key', ids.secret(32));
  const lifetimeMs = config.sessions.connectionTokenLifetimeMs;
  return {
    store,
    view: new View(),
    bus: new InProcessBus(),
    clock,
    ids,
    log,
    rules: fleetRules(config),
    connectionTokens: new ConnectionTokens({ secret, lifetimeMs, clock, ids }),
    dnsMappings: await DnsMappings.load(store, clock),
    requirementTests: new LRUCache({ max: 1_000 }),
    background: new Set(),
    commandsInFlight: new Set(),
    reservationsInFlight: new Set(),
    doubts: new Doubts(),
    queueAdds: 0,
    lastRequestedAtMs: 0,
    wakeQueue: () => undefined,
  };
}

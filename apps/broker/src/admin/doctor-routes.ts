import type { Clock } from '@dcvsm/runtime';
import type { Express } from 'express';
import { respondJson } from '../http/respond.js';
import type { Store } from '../store/store.js';
import type { ServerEntry } from '../view/server-entry.js';
import type { View } from '../view/view.js';
import type { FleetHealth, ServerInTrouble } from './fleet-health.js';

export interface DoctorRoutesDeps {
  readonly view: View;
  readonly store: Pick<Store, 'findServer'>;
  readonly clock: Clock;
}

export function addDoctorRoutes(app: Express, deps: DoctorRoutesDeps): void {
  app.get('/fleet-health', async (_request, response) => {
    respondJson(response, 200, await fleetHealth(deps));
  });
}

async function fleetHealth({ view, store, clock }: DoctorRoutesDeps): Promise<FleetHealth> {
  const nowMs = clock.monotonicMs();
  const inTrouble = [...view.servers()].flatMap((entry) => troubleOf(entry, nowMs));
  return { servers: view.serverCount, inTrouble, storeProblem: await storeProblem(store) };
}

function troubleOf({ id, server, live }: ServerEntry, nowMs: number): ServerInTrouble[] {
  const { unreachableSinceMs, dcvProblem } = live;
  if (live.linkEpoch !== null && dcvProblem === null) return [];
  const { hostname, ip } = server.facts;
  const unreachableSeconds =
    live.linkEpoch === null ? Math.floor((nowMs - (unreachableSinceMs ?? nowMs)) / 1000) : null;
  return [{ id, hostname, ip, unreachableSeconds, dcvProblem }];
}

/** Any question goes the whole way to the file. */
async function storeProblem(store: Pick<Store, 'findServer'>): Promise<string | null> {
  try {
    await store.findServer('');
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

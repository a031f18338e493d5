import { createClient } from '@dcvsm/client';
import { fetchTrusting } from '@dcvsm/client/node';
import type { Clock } from '@dcvsm/runtime';
import { SimulatedFleet } from './agents/simulated-fleet.js';
import { targetOf } from './agents/target.js';
import { SessionLoad } from './load/session-load.js';
import type { FleetOptions } from './options.js';
import { seededRandom } from './random.js';
import { Tally } from './watch/tally.js';
import { watch } from './watch/watch.js';

export interface Surroundings {
  readonly clock: Clock;
  readonly write: (text: string) => void;
  readonly isTerminal: boolean;
  /** Aborted when somebody interrupts. */
  readonly signal: AbortSignal;
}

/** Each user has one session at most on a host, so there are many. */
const USERS_PER_AGENT = 20;

/** The whole simulation, from joining to the last deletion. @returns what was counted */
export async function runFleet(
  options: FleetOptions,
  { clock, write, isTerminal, signal }: Surroundings,
): Promise<Tally> {
  const tally = new Tally();
  const { fetch, close } = fetchTrusting(options.ca);
  const client = createClient({ url: options.broker.origin, credentials: options.credentials, fetch });
  const load = new SessionLoad({
    ...{ client, tally, clock, random: seededRandom(options.seed + 1) },
    createsPerSecond: options.rate,
    sessionLifeMs: options.sessionSeconds * 1000,
    users: options.agents * USERS_PER_AGENT,
  });
  const [least, most] = options.createSeconds;
  const fleet = new SimulatedFleet({
    ...{ agents: options.agents, seed: options.seed, statement: options.statement, tally, clock },
    target: targetOf(options.agentUrl.origin, options.ca),
    behaviour: {
      reportMs: options.reportSeconds * 1000,
      createMs: [least * 1000, most * 1000],
      failingPart: options.failing,
    },
    openingAtOnce: options.atOnce,
    onCreated: (id) => load.created(id),
  });
  const state = () => ({
    ...{ agents: options.agents, linked: fleet.linked },
    ...{ alive: load.alive, callsOnTheirWay: load.callsOnTheirWay },
  });
  const watching = watch({ tally, state, clock, isTerminal, lineMs: options.lineSeconds * 1000, write });
  await Promise.race([fleet.join(), aborted(signal)]);
  const churn = options.churn > 0 ? fleet.churn(options.churn) : null;
  if (options.rate > 0) load.start();
  if (options.seconds === null) await aborted(signal);
  else await clock.sleep(options.seconds * 1000, signal).catch(() => undefined);
  await load.stop();
  await watching.run();
  await watching.stop();
  fleet.stop();
  await churn;
  await close();
  return tally;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

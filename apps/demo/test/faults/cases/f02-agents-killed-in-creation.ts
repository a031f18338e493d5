import { systemClock } from '@dcvsm/runtime';
import { seededRandom } from '@dcvsm/testkit';
import { pool } from '../../abuse/pool.js';
import { BrokerUnderTest } from '../broker-under-test.js';
import { howMany, within, type Fault, type Finding, type Form } from '../fault-case.js';
import { Ledger } from '../ledger.js';
import { atRest, create, finalVerdict, verdictFinding } from '../load.js';
import { RealFleet } from '../real-fleet.js';
import { SimulatedFleet } from '../simulated-fleet.js';

const PART_THAT_DIES = 0.1;
const clock = systemClock();

/** The same for all: how long a server may take, how long it may be silent, and the properties that say so. */
interface Times {
  readonly timeoutSeconds: number;
  readonly leaseSeconds: number;
  readonly properties: readonly string[];
}

function timesOf(form: Form): Times {
  const timeoutSeconds = howMany(form, 5, 2);
  const leaseSeconds = howMany(form, 4, 2);
  const properties = [
    `create-session-timeout-seconds = ${timeoutSeconds}`,
    `agent-lease-seconds = ${leaseSeconds}`,
    'agent-heartbeat-seconds = 1',
  ];
  return { timeoutSeconds, leaseSeconds, properties };
}

export const fault: Fault = async (form) => [...(await simulated(form)), ...(await real(form))];

async function simulated(form: Form): Promise<Finding[]> {
  const { timeoutSeconds, leaseSeconds, properties } = timesOf(form);
  // The first attempt and two retries, each until its time and the lease are over, and a round of the loops for each.
  const limitMs = 1000 * 3 * (timeoutSeconds + leaseSeconds + 2);
  const longestAwayMs = howMany(form, 8_000, 3_000);
  await using broker = await BrokerUnderTest.start({ properties });
  using fleet = await SimulatedFleet.start(broker, { hosts: howMany(form, 100, 20), maxSessions: 100 });
  const random = seededRandom(form.seed);
  let deaths = 0;
  for (const host of fleet.hosts) {
    host.behaviour.createMs = () => 50 + random.next() * 500;
    host.behaviour.diesOfCreation = () => {
      if (random.next() >= PART_THAT_DIES) return 'no';
      deaths += 1;
      clock.after(500 + random.next() * longestAwayMs, () => host.start());
      return random.next() < 0.5 ? 'before' : 'after';
    };
  }
  const ledger = new Ledger();
  const creates = howMany(form, 1_000, 100);
  const startMs = clock.monotonicMs();
  const requests = Array.from({ length: creates / 10 });
  await pool(requests, 10, () => create(broker.client, ledger, 10));
  const sessions = await atRest(broker);
  const tookMs = clock.monotonicMs() - startMs;
  for (const host of fleet.hosts) host.behaviour.diesOfCreation = () => 'no';
  await fleet.allReachable(broker);
  const verdict = await finalVerdict(broker, fleet, ledger);
  const failed = sessions.filter(({ State }) => State === 'DELETED').length;
  const about = { fault: `agents killed between command and outcome`, load: `${creates} creates` };
  const counted = `${ledger}; ${deaths} agents killed, ${failed} sessions failed with a reason`;
  return [
    within(
      { ...about, promise: `each READY elsewhere or failed with a reason within ${limitMs / 1000} s` },
      tookMs,
      limitMs,
    ),
    verdictFinding(about, verdict, counted),
  ];
}

/** The built agents, with DCV servers that take their time. */
async function real(form: Form): Promise<Finding[]> {
  await using fleet = await RealFleet.start(timesOf(form).properties);
  const rounds = howMany(form, 8, 1);
  const ledger = new Ledger();
  for (let round = 0; round < rounds; round += 1) {
    await fleet.dcvIsSlow(1_000, 2);
    const answered = create(fleet.client, ledger, 2);
    await clock.sleep(600 + round * 100);
    await fleet.killAgents();
    await answered;
    await fleet.startAgents();
    await fleet.atRest();
  }
  const verdict = await fleet.finalVerdict(ledger);
  const about = { fault: 'built agents killed while DCV creates', load: `${rounds} rounds` };
  return [verdictFinding(about, verdict, String(ledger))];
}

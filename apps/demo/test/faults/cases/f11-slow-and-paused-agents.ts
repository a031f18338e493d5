import { systemClock } from '@dcvsm/runtime';
import { seededRandom } from '@dcvsm/testkit';
import { pool } from '../../abuse/pool.js';
import { BrokerUnderTest } from '../broker-under-test.js';
import { howMany, type Fault, type Finding, type Form } from '../fault-case.js';
import { Ledger } from '../ledger.js';
import { atRest, create, finalVerdict, verdictFinding } from '../load.js';
import { RealFleet } from '../real-fleet.js';
import { SimulatedFleet } from '../simulated-fleet.js';

const clock = systemClock();

export const fault: Fault = async (form) => {
  // Nearly all of it is waiting, each with a broker of its own.
  const parts = [slow(form, true), slow(form, false), real(form)];
  return (await Promise.all(parts)).flat();
};

/** Hosts that take up to three times the time they have. */
async function slow(form: Form, keepsDeadlines: boolean): Promise<Finding[]> {
  const timeoutSeconds = howMany(form, 20, 2);
  const properties = [`create-session-timeout-seconds = ${timeoutSeconds}`];
  await using broker = await BrokerUnderTest.start({ properties });
  using fleet = await SimulatedFleet.start(broker, { hosts: howMany(form, 100, 20), maxSessions: 100 });
  const random = seededRandom(form.seed);
  for (const { behaviour } of fleet.hosts) {
    behaviour.keepsDeadlines = keepsDeadlines;
    behaviour.createMs = () => random.next() * 3_000 * timeoutSeconds;
  }
  const ledger = new Ledger();
  const requests = Array.from({ length: howMany(form, 100, 10) });
  await pool(requests, 10, () => create(broker.client, ledger, 10));
  const sessions = await atRest(broker, 240_000);
  // The last host to be ready is done by then.
  await clock.sleep(3_000 * timeoutSeconds);
  const verdict = await finalVerdict(broker, fleet, ledger);
  const failed = sessions.filter(({ State }) => State === 'DELETED').length;
  const what = keepsDeadlines ? 'agents take' : 'agents without a sense of time take';
  const about = {
    fault: `${what} 0 to ${3 * timeoutSeconds} s for a creation, allowed are ${timeoutSeconds} s`,
    load: `${requests.length * 10} creates`,
  };
  return [verdictFinding(about, verdict, `${ledger}; ${failed} failed with a reason`)];
}

/** The built agents: DCV that is too slow, and agents that stand still while it creates. */
async function real(form: Form): Promise<Finding[]> {
  const timeoutSeconds = howMany(form, 5, 2);
  const properties = [
    `create-session-timeout-seconds = ${timeoutSeconds}`,
    'agent-lease-seconds = 10',
    'agent-heartbeat-seconds = 2',
  ];
  await using fleet = await RealFleet.start(properties);
  const late = new Ledger('late');
  for (let round = 0; round < howMany(form, 3, 1); round += 1) {
    await fleet.dcvIsSlow(1_000 * timeoutSeconds + 1_500, 2);
    await create(fleet.client, late, 2);
    await fleet.atRest();
  }
  const aboutLate = { fault: 'DCV is READY after the deadline (built agents)', load: 'creates' };
  const lateVerdict = await fleet.finalVerdict(late);
  const pauseSeconds = howMany(form, 30, 4);
  const paused = new Ledger('paused');
  for (let round = 0; round < howMany(form, 2, 1); round += 1) {
    await fleet.dcvIsSlow(800, 2);
    const answered = create(fleet.client, paused, 2);
    await clock.sleep(400);
    fleet.signalAgents('SIGSTOP');
    await answered;
    await clock.sleep(1_000 * pauseSeconds);
    fleet.signalAgents('SIGCONT');
    await fleet.atRest();
  }
  const aboutPaused = { fault: `SIGSTOP of built agents for ${pauseSeconds} s`, load: 'creates' };
  const merged = new Ledger();
  for (const id of late.acknowledgedIds) merged.acknowledge(id, id);
  for (const id of paused.acknowledgedIds) merged.acknowledge(id, id);
  return [
    verdictFinding(aboutLate, lateVerdict, String(late)),
    verdictFinding(aboutPaused, await fleet.finalVerdict(merged), String(paused)),
  ];
}

import { systemClock } from '@dcvsm/runtime';
import { seededRandom } from '@dcvsm/testkit';
import { BrokerUnderTest } from '../broker-under-test.js';
import { howMany, quantile, seconds, within, type Fault } from '../fault-case.js';
import { Ledger, type Verdict } from '../ledger.js';
import { atRest, create, finalVerdict, verdictFinding } from '../load.js';
import { SimulatedFleet } from '../simulated-fleet.js';

const LIMIT_READY_MS = 2_000;
const LIMIT_AGENTS_MS = 30_000;
const ENTRIES_PER_REQUEST = 10;
const clock = systemClock();

export const fault: Fault = async (form) => {
  // Deleted sessions are forgotten soon, so that the last round has the same load as the first.
  await using broker = await BrokerUnderTest.start({ properties: ['delete-session-duration-seconds = 60'] });
  using fleet = await SimulatedFleet.start(broker, { hosts: 50, maxSessions: 100 });
  const random = seededRandom(form.seed);
  for (const host of fleet.hosts) host.behaviour.createMs = () => random.next() * 300;
  const rounds = form.rounds ?? howMany(form, 100, 2);
  const inFlight = howMany(form, 1_000, 200);
  const total = { acknowledged: 0, unanswered: 0, requests: 0 };
  const verdicts: Verdict[] = [];
  const readyMs: number[] = [];
  const agentsMs: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const ledger = new Ledger(`round-${round}`);
    const requests = Array.from({ length: inFlight / ENTRIES_PER_REQUEST }, () =>
      create(broker.client, ledger, ENTRIES_PER_REQUEST, { EnqueueRequest: true }),
    );
    // At another moment each time: after any number of answers, and now and then before the first.
    const moment = Math.floor((random.next() * 1.1 - 0.1) * inFlight);
    await Promise.race([
      moment < 0 ? clock.sleep(random.next() * 50) : ledger.holds(moment),
      Promise.all(requests),
    ]);
    await broker.kill();
    await Promise.all(requests);
    readyMs.push(await broker.restart());
    agentsMs.push((await fleet.allReachable(broker)).tookMs);
    await atRest(broker);
    verdicts.push(await finalVerdict(broker, fleet, ledger));
    total.acknowledged += ledger.acknowledgedIds.length;
    total.unanswered += ledger.unanswered;
    total.requests += inFlight;
    await emptyFleet(broker);
  }
  const verdict: Verdict = {
    lost: verdicts.flatMap(({ lost }) => lost),
    doubled: verdicts.flatMap((one) => one.doubled),
    orphaned: verdicts.flatMap(({ orphaned }) => orphaned),
  };
  const about = {
    fault: `kill -9 of the only broker, ${rounds} rounds`,
    load: `${inFlight} creates in flight each round`,
  };
  const counted = `${total.requests} requests, ${total.acknowledged} acknowledged, ${total.unanswered} unanswered`;
  const spread = (times: readonly number[]): string =>
    `worst of ${times.length}; half ≤ ${seconds(quantile(times, 0.5))}`;
  return [
    verdictFinding(about, verdict, counted),
    within(
      { ...about, promise: 'ready again within 2 s' },
      Math.max(...readyMs),
      LIMIT_READY_MS,
      spread(readyMs),
    ),
    within(
      { ...about, promise: 'all agents back within 30 s' },
      Math.max(...agentsMs),
      LIMIT_AGENTS_MS,
      spread(agentsMs),
    ),
  ];
};

/** Deletes all sessions; what the next round is judged by are its own. */
async function emptyFleet(broker: BrokerUnderTest): Promise<void> {
  const sessions = (await broker.sessions()).filter(({ State }) => State !== 'DELETED');
  for (let from = 0; from < sessions.length; from += 500) {
    const part = sessions.slice(from, from + 500);
    await broker.client.deleteSessions(part.map(({ Id, Owner }) => ({ SessionId: Id, Owner })));
  }
  await atRest(broker);
}

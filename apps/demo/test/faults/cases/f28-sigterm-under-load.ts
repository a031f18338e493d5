import { systemClock } from '@dcvsm/runtime';
import { BrokerUnderTest } from '../broker-under-test.js';
import { howMany, nothing, quantile, seconds, within, type Fault } from '../fault-case.js';
import { Ledger } from '../ledger.js';
import { create, createAtRate, finalVerdict, verdictFinding } from '../load.js';
import { SimulatedFleet } from '../simulated-fleet.js';

const PER_SECOND = 200;
const CROWD = 50;
const LIMIT_MS = 10_000;
const clock = systemClock();

export const fault: Fault = async (form) => {
  await using broker = await BrokerUnderTest.start();
  using fleet = await SimulatedFleet.start(broker, { hosts: 50, maxSessions: -1 });
  for (const { behaviour } of fleet.hosts) behaviour.createMs = () => 100;
  const rounds = howMany(form, 20, 2);
  const ledger = new Ledger();
  const before = new Ledger('before');
  const codes: string[] = [];
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const load = new AbortController();
    const running = createAtRate(broker.client, ledger, {
      ...{ perSecond: PER_SECOND, seconds: 60 },
      signal: load.signal,
    });
    // The first such crowd only opens the connections, so that the second is not still shaking hands at the signal.
    await crowd(broker, before);
    await clock.sleep(500);
    const inFlight = crowd(broker, before);
    await clock.sleep(round % 10);
    const startMs = clock.monotonicMs();
    broker.child.signal('SIGTERM');
    await broker.child.exited;
    times.push(clock.monotonicMs() - startMs);
    if (broker.child.exitCode !== 0)
      codes.push(`exit code ${broker.child.exitCode}: ${broker.child.lastWords}`);
    load.abort();
    await Promise.all([running, inFlight]);
    await broker.restart();
    await fleet.allReachable(broker);
  }
  for (const id of before.acknowledgedIds) ledger.acknowledge(id, `before ${id}`);
  const verdict = await finalVerdict(broker, fleet, ledger);
  const about = { fault: `SIGTERM, ${rounds} times`, load: `${PER_SECOND} creates/s` };
  const half = `half ≤ ${seconds(quantile(times, 0.5))}`;
  const unanswered = Array.from({ length: before.unanswered }, () => 'no answer');
  const refused = [...before.refusals, ...ledger.refusals].map(([reason, count]) => `${count} × ${reason}`);
  return [
    within({ ...about, promise: 'ends within 10 s' }, Math.max(...times), LIMIT_MS, half),
    nothing({ ...about, promise: 'exit code 0' }, codes, `${rounds} times`),
    nothing(
      { ...about, promise: 'each request sent before the signal is answered, none with an error' },
      [...unanswered, ...refused],
      String(before),
    ),
    verdictFinding(about, verdict, String(ledger)),
  ];
};

async function crowd(broker: BrokerUnderTest, ledger: Ledger): Promise<void> {
  await Promise.all(Array.from({ length: CROWD }, () => create(broker.client, ledger)));
}

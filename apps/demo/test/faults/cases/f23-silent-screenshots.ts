import { systemClock } from '@dcvsm/runtime';
import { pool } from '../../abuse/pool.js';
import { BrokerUnderTest } from '../broker-under-test.js';
import { howMany, nothing, quantile, within, type Fault } from '../fault-case.js';
import { Ledger } from '../ledger.js';
import { atRest, create } from '../load.js';
import { SimulatedFleet } from '../simulated-fleet.js';

/** The broker waits 10 s for a picture; the answer may take a second more. */
const LIMIT_MS = 11_000;
const MOST_RATIO = 1.1;
/** Differences below this are the machine's. */
const NOISE_MS = 3;
const CALLS = 400;
const CONNECTIONS = 4;
const clock = systemClock();

export const fault: Fault = async (form) => {
  await using broker = await BrokerUnderTest.start();
  const hosts = howMany(form, 200, 50);
  using fleet = await SimulatedFleet.start(broker, { hosts, maxSessions: 1 });
  for (const { behaviour } of fleet.hosts) behaviour.answersScreenshots = false;
  const ledger = new Ledger();
  await create(broker.client, ledger, hosts);
  await atRest(broker);
  await callTimes(broker);
  const before = await leastP99(broker, howMany(form, 8, 3), () => false);
  const startMs = clock.monotonicMs();
  let tookMs: number | null = null;
  const asked = ledger.acknowledgedIds.map((SessionId) => ({ SessionId }));
  const pictures = broker.client
    .getSessionScreenshots(asked)
    .finally(() => (tookMs = clock.monotonicMs() - startMs));
  const during = await leastP99(broker, howMany(form, 8, 3), () => tookMs !== null);
  const { SuccessfulList, UnsuccessfulList } = await pictures;
  const about = {
    fault: `${hosts} agents never answer for a picture`,
    load: `${CONNECTIONS} clients all the time`,
  };
  const unnamed = UnsuccessfulList.filter(({ FailureReason }) => FailureReason === '');
  const isComplete = UnsuccessfulList.length === asked.length;
  const ratio = during / before;
  return [
    within({ ...about, promise: 'one answer for all of them within 11 s' }, tookMs ?? Infinity, LIMIT_MS),
    nothing(
      { ...about, promise: 'a reason for each of them' },
      isComplete
        ? unnamed.map(String)
        : [`${UnsuccessfulList.length} refused, ${SuccessfulList.length} taken`],
      `${asked.length} sessions`,
    ),
    {
      ...about,
      promise: `p99 of other calls unmoved: at most 1.1 times (differences below ${NOISE_MS} ms do not count)`,
      figure: `${before.toFixed(1)} ms before, ${during.toFixed(1)} ms meanwhile`,
      ok: ratio <= MOST_RATIO || during - before < NOISE_MS,
    },
  ];
};

/** Of several rounds the quietest, since other work on the machine only ever adds to it. */
async function leastP99(broker: BrokerUnderTest, rounds: number, isOver: () => boolean): Promise<number> {
  let least = Infinity;
  for (let round = 0; round < rounds && !isOver(); round += 1) {
    least = Math.min(least, quantile(await callTimes(broker), 0.99));
  }
  return least;
}

async function callTimes(broker: BrokerUnderTest): Promise<number[]> {
  const times: number[] = [];
  await pool(Array.from({ length: CALLS }), CONNECTIONS, async () => {
    const startMs = clock.monotonicMs();
    await broker.client.describeServers({ MaxResults: 5 });
    times.push(clock.monotonicMs() - startMs);
  });
  return times;
}

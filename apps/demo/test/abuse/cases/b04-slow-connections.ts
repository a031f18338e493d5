import { systemClock } from '@dcvsm/runtime';
import { atMost, howMany, none, type Abuse, type Finding } from '../abuse-case.js';
import { BrokerProcess } from '../broker-process.js';
import { callTimes, quantile } from '../healthy-client.js';
import { SlowConnection, slownesses, type Slowness } from '../slow-connections.js';

const clock = systemClock();
const CONNECTIONS = 200;
/** No more than a limit for each address lets in, so that the time limits show. */
const PER_ADDRESS = 40;
const LIMIT_RATIO = 1.5;
/** Differences below this are the machine's. */
const NOISE_MS = 3;
/** 15 s, and what it takes until this side notices. */
const LIMIT_FREED_MS = 17_000;
const CALLS = 400;
/** Handshakes and first answers are over by then. */
const SETTLE_MS = 1000;

export const abuse: Abuse = async (form) => {
  await using broker = await BrokerProcess.start();
  await broker.agent('good-1');
  const rounds = howMany(form, 10, 4);
  await callTimes(broker, CALLS);
  const before = await leastP99(broker, rounds);
  const slow = await openAll(broker);
  await clock.sleep(SETTLE_MS);
  const during = await leastP99(broker, rounds);
  const stillOpen = slow.filter(({ keptMs }) => keptMs === null).length;
  const freed = form.isQuick ? [] : await freedInTime(slow);
  for (const { socket } of slow) socket.destroy();
  const figures = `p99 ${before.toFixed(1)} ms without, ${during.toFixed(1)} ms with ${stillOpen} slow ones`;
  const ratio = during / before;
  return [
    atMost(`p99 of healthy calls by their p99 without (differences below ${NOISE_MS} ms do not count)`, {
      inputs: slow.length,
      value: during - before < NOISE_MS ? Math.min(ratio, LIMIT_RATIO) : ratio,
      limit: LIMIT_RATIO,
      outcome: figures,
    }),
    ...freed,
    none(
      'harm to the broker afterwards',
      slow.length,
      await broker.harm(),
      'makes sessions, logged no error',
    ),
  ];
};

/** Of several rounds the quietest, since other work on the machine only ever adds to it. */
async function leastP99(broker: BrokerProcess, rounds: number): Promise<number> {
  let least = Infinity;
  for (let round = 0; round < rounds; round += 1) {
    least = Math.min(least, quantile(await callTimes(broker, CALLS), 0.99));
  }
  return least;
}

function openAll(broker: BrokerProcess): Promise<SlowConnection[]> {
  const one = (index: number): Promise<SlowConnection> => {
    const slowness = slownesses[index % slownesses.length] ?? 'header';
    return SlowConnection.open(broker, slowness, `127.0.0.${10 + Math.floor(index / PER_ADDRESS)}`);
  };
  return Promise.all(Array.from({ length: CONNECTIONS }, (_, index) => one(index)));
}

/** Those who do not read have to be found out by the broker: only its closing the connection counts. */
async function freedInTime(slow: readonly SlowConnection[]): Promise<Finding[]> {
  const patience = clock.sleep(3 * LIMIT_FREED_MS);
  await Promise.race([patience, Promise.all(slow.map(({ closed }) => closed))]);
  return slownesses.map((slowness: Slowness) => {
    const kept = slow.filter((one) => one.slowness === slowness).map(({ keptMs }) => keptMs ?? Infinity);
    return atMost(`time that a slow ${slowness} keeps its connection`, {
      inputs: kept.length,
      value: Math.max(...kept) / 1000,
      limit: LIMIT_FREED_MS / 1000,
      unit: 's',
      outcome: kept.includes(Infinity) ? 'some are still open' : 'all freed',
    });
  });
}

import { systemClock } from '@dcvsm/runtime';
import { BrokerUnderTest } from '../broker-under-test.js';
import { howMany, seconds, type Fault } from '../fault-case.js';
import { Ledger } from '../ledger.js';
import { atRest, create, finalVerdict, verdictFinding } from '../load.js';
import { SimulatedFleet } from '../simulated-fleet.js';

const PER_SECOND = 50;
/** So long does a session live; what is deleted is forgotten soon, so that the load is the same all the time. */
const LIFE_SECONDS = 10;
/** Of the time, before the first look at memory. */
const WARM_UP = 0.4;
const MOST_GROWTH = 1.1;
const DESCRIPTORS_TO_SPARE = 10;
const clock = systemClock();

interface Look {
  readonly atMs: number;
  readonly megabytes: number;
  readonly descriptors: number;
}

export const fault: Fault = async (form) => {
  await using broker = await BrokerUnderTest.start({ properties: ['delete-session-duration-seconds = 5'] });
  using fleet = await SimulatedFleet.start(broker, { hosts: 50, maxSessions: 100 });
  const lastsMs = (form.soakMinutes ?? howMany(form, 10, 0.25)) * 60_000;
  const startMs = clock.monotonicMs();
  const total = { created: 0, lost: [] as string[] };
  const looks: Look[] = [];
  const alive: Ledger[] = [];
  for (let tick = 0; clock.monotonicMs() - startMs < lastsMs; tick += 1) {
    const dueMs = startMs + tick * 1_000;
    const leftMs = dueMs - clock.monotonicMs();
    if (leftMs > 0) await clock.sleep(leftMs);
    const ledger = new Ledger(`tick-${tick}`);
    const creates = Array.from({ length: PER_SECOND }, () => create(broker.client, ledger));
    await Promise.all(creates);
    alive.push(ledger);
    const oldest = alive.length > LIFE_SECONDS ? alive.shift() : undefined;
    if (oldest !== undefined) await end(broker, oldest, total);
    looks.push({
      atMs: clock.monotonicMs() - startMs,
      megabytes: broker.memory(),
      descriptors: broker.descriptors,
    });
  }
  for (const ledger of alive) await end(broker, ledger, total);
  await atRest(broker);
  const verdict = await finalVerdict(broker, fleet, new Ledger());
  const warm = looks.filter(({ atMs }) => atMs >= lastsMs * WARM_UP);
  const about = {
    fault: `none, for ${seconds(lastsMs)}`,
    load: `${PER_SECOND} creates/s and as many deletions`,
  };
  return [
    verdictFinding(about, { ...verdict, lost: total.lost }, `${total.created} sessions`),
    ...growth(about, warm),
  ];
};

/** Every session must have become READY; then all are deleted. */
async function end(
  broker: BrokerUnderTest,
  ledger: Ledger,
  total: { created: number; lost: string[] },
): Promise<void> {
  const ids = [...ledger.acknowledgedIds];
  const { Sessions } = await broker.client.describeSessions({ SessionIds: ids });
  const ready = Sessions.filter(({ State }) => State === 'READY');
  if (ready.length < PER_SECOND) total.lost.push(`${PER_SECOND - ready.length} of ${ledger}`);
  total.created += ids.length;
  await broker.client.deleteSessions(ids.map((SessionId) => ({ SessionId, Owner: 'alice' })));
}

function growth(
  about: { readonly fault: string; readonly load: string },
  warm: readonly Look[],
): ReturnType<typeof verdictFinding>[] {
  const half = Math.floor(warm.length / 2);
  const [early, late] = [warm.slice(0, half), warm.slice(half)];
  const memory = [
    mean(early.map(({ megabytes }) => megabytes)),
    mean(late.map(({ megabytes }) => megabytes)),
  ] as const;
  const files = [
    Math.max(...early.map((look) => look.descriptors)),
    Math.max(...late.map((look) => look.descriptors)),
  ] as const;
  return [
    {
      ...about,
      promise: 'memory does not grow after the warm-up: the second half at most 1.1 times the first',
      figure: `${memory[0].toFixed(1)} MB, then ${memory[1].toFixed(1)} MB (${slope(warm).toFixed(1)} MB/h by the line through all)`,
      ok: memory[1] <= memory[0] * MOST_GROWTH,
    },
    {
      ...about,
      promise: 'open files and sockets do not grow',
      figure: `at most ${files[0]}, then at most ${files[1]}`,
      ok: files[1] <= files[0] + DESCRIPTORS_TO_SPARE,
    },
  ];
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Megabytes per hour, least squares. */
function slope(looks: readonly Look[]): number {
  const atMs = mean(looks.map((look) => look.atMs));
  const megabytes = mean(looks.map((look) => look.megabytes));
  const above = looks.reduce((sum, look) => sum + (look.atMs - atMs) * (look.megabytes - megabytes), 0);
  const below = looks.reduce((sum, look) => sum + (look.atMs - atMs) ** 2, 0);
  return (above / below) * 3_600_000;
}

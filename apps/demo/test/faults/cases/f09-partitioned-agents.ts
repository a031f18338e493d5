import { systemClock } from '@dcvsm/runtime';
import { FaultProxy, seededRandom } from '@dcvsm/testkit';
import { pool } from '../../abuse/pool.js';
import { BrokerUnderTest } from '../broker-under-test.js';
import { howMany, nothing, type Fault } from '../fault-case.js';
import { Ledger } from '../ledger.js';
import { atRest, create, createAtRate, finalVerdict, verdictFinding } from '../load.js';
import type { SimulatedHost } from '../simulated-host.js';
import { SimulatedFleet } from '../simulated-fleet.js';
import { until } from '../until.js';

const SHORT_MS = 1_500;
const SESSIONS_EACH = 5;
const properties = [
  'agent-lease-seconds = 4',
  'agent-heartbeat-seconds = 1',
  'create-session-timeout-seconds = 3',
];
const clock = systemClock();

/** A host behind a network of its own, and what happens to it in one round. */
interface Parted {
  readonly host: SimulatedHost;
  readonly proxy: FaultProxy;
  readonly isLong: boolean;
  /** READY before, still on the host. */
  readonly kept: readonly string[];
  /** READY before, ended on the host meanwhile. */
  readonly ended: readonly string[];
}

export const fault: Fault = async (form) => {
  await using broker = await BrokerUnderTest.start({ properties });
  const hosts = howMany(form, 100, 10);
  const starting = Array.from({ length: hosts }, () =>
    FaultProxy.start({ clock, targetPort: broker.agentPort }),
  );
  const proxies = await Promise.all(starting);
  const port = (number: number): number => proxies[number]?.port ?? 0;
  using fleet = await SimulatedFleet.start(broker, { hosts, maxSessions: 100, port });
  const random = seededRandom(form.seed);
  const rounds = howMany(form, 10, 1);
  const ledger = new Ledger();
  const wrong: string[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await fillUp(broker, fleet, ledger);
    const parted = fleet.hosts.map((host, index): Parted => {
      const ids = [...host.sessions.keys()];
      const ended = ids.filter(() => random.next() < 0.2);
      const kept = ids.filter((id) => !ended.includes(id));
      return { host, proxy: proxies[index] as FaultProxy, isLong: random.next() < 0.5, kept, ended };
    });
    const load = createAtRate(broker.client, ledger, {
      ...{ perSecond: 20, seconds: 4 },
      fields: { EnqueueRequest: true },
    });
    wrong.push(...(await partAndHeal(broker, parted)));
    await load;
    await fleet.allReachable(broker);
    wrong.push(...(await wrongAfterwards(broker, parted)));
  }
  const verdict = await finalVerdict(broker, fleet, ledger);
  await Promise.all(proxies.map((proxy) => proxy[Symbol.asyncDispose]()));
  const about = {
    fault: 'agents cut off from the broker, for shorter or longer than the lease',
    load: `20 creates/s, at least ${SESSIONS_EACH} sessions on each host`,
  };
  const promise =
    'shorter: its sessions stay READY; longer: UNKNOWN, then READY with the same ids, or DELETED if the host ended them';
  return [
    nothing({ ...about, promise }, wrong, `${rounds * hosts} partitions`),
    verdictFinding(about, verdict, String(ledger)),
  ];
};

async function fillUp(broker: BrokerUnderTest, fleet: SimulatedFleet, ledger: Ledger): Promise<void> {
  await pool(fleet.hosts, 10, async ({ hostname, sessions }) => {
    const missing = SESSIONS_EACH - sessions.size;
    const Requirements = `server:Hostname = '${hostname}'`;
    if (missing > 0) await create(broker.client, ledger, missing, { Requirements });
  });
  await atRest(broker);
}

/** @returns what was wrong meanwhile */
async function partAndHeal(broker: BrokerUnderTest, parted: readonly Parted[]): Promise<string[]> {
  const short = parted.filter(({ isLong }) => !isLong);
  const long = parted.filter(({ isLong }) => isLong);
  for (const { proxy } of short) proxy.hold();
  for (const { proxy } of long) proxy.goDark();
  for (const { host, ended } of parted) {
    for (const id of ended) host.sessions.delete(id);
    if (ended.length > 0) host.report();
  }
  clock.after(SHORT_MS, () => short.forEach(({ proxy }) => proxy.release()));
  const mustStay = new Set(short.flatMap(({ kept }) => kept));
  const mustBeDoubted = long.flatMap(({ kept, ended }) => [...kept, ...ended]);
  const wrong = new Set<string>();
  const look = async (): Promise<true | null> => {
    const states = new Map((await broker.sessions()).map(({ Id, State }) => [Id, State]));
    for (const id of mustStay) {
      if (states.get(id) !== 'READY') wrong.add(`${id} became ${states.get(id)} in a short partition`);
    }
    return mustBeDoubted.every((id) => states.get(id) === 'UNKNOWN') || null;
  };
  const waiting = until('all sessions of long partitions to be UNKNOWN', look, {
    patienceMs: 12_000,
    pollMs: 250,
  });
  await waiting.catch((error: unknown) => wrong.add(String(error)));
  for (const { proxy } of long) proxy.release();
  return [...wrong];
}

async function wrongAfterwards(broker: BrokerUnderTest, parted: readonly Parted[]): Promise<string[]> {
  await atRest(broker);
  const records = new Map((await broker.sessions()).map((session) => [session.Id, session]));
  return parted.flatMap(({ host, kept, ended }) => [
    ...kept.flatMap((id) => {
      const record = records.get(id);
      const isThere = record?.State === 'READY' && record.Server?.Id === host.serverId;
      return isThere ? [] : [`${id} is ${record?.State} instead of READY on ${host.hostname}`];
    }),
    ...ended.flatMap((id) => {
      const record = records.get(id);
      const isGone = record?.State === 'DELETED' && record.StateReason !== undefined;
      return isGone ? [] : [`${id} is ${record?.State} although ${host.hostname} ended it`];
    }),
  ]);
}

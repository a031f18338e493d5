import { BrokerUnderTest } from '../broker-under-test.js';
import { howMany, nothing, within, type Fault } from '../fault-case.js';
import { Ledger } from '../ledger.js';
import { createAtRate, finalVerdict, verdictFinding } from '../load.js';
import { SimulatedFleet } from '../simulated-fleet.js';
import { until } from '../until.js';

const PART_KILLED = 0.1;
const LIMIT_MS = 5_000;
const PER_SECOND = 50;

export const fault: Fault = async (form) => {
  await using broker = await BrokerUnderTest.start({ properties: ['create-session-timeout-seconds = 10'] });
  using fleet = await SimulatedFleet.start(broker, { hosts: howMany(form, 500, 60), maxSessions: 50 });
  const killed = fleet.hosts.filter((_, index) => index % (1 / PART_KILLED) === 0);
  const killedIds = new Set(killed.map(({ serverId }) => serverId));
  const about = {
    fault: `kill -9 of ${killed.length} of ${fleet.hosts.length} agents`,
    load: `${PER_SECOND} creates/s`,
  };
  const ledger = new Ledger();
  const before = new AbortController();
  const seconds = howMany(form, 20, 2);
  const running = createAtRate(broker.client, ledger, {
    perSecond: PER_SECOND,
    seconds,
    signal: before.signal,
  });
  await until('half of the load', () => ledger.acknowledgedIds.length >= (PER_SECOND * seconds) / 2 || null);

  for (const host of killed) host.kill();
  const { tookMs } = await until('the servers to be unreachable', () => isUnreachable(broker, killedIds), {
    pollMs: 20,
  });
  before.abort();
  await running;
  const known = new Set(ledger.acknowledgedIds);
  await createAtRate(broker.client, ledger, { perSecond: PER_SECOND, seconds });
  const after = (await broker.sessions()).filter(({ Id }) => !known.has(Id));
  const there = after.filter(({ Server }) => killedIds.has(Server?.Id ?? ''));

  await Promise.all(killed.map((host) => host.start()));
  const verdict = await finalVerdict(broker, fleet, ledger);
  return [
    within({ ...about, promise: 'UNREACHABLE_AGENT within 5 s' }, tookMs, LIMIT_MS),
    nothing(
      { ...about, promise: '0 sessions placed on them afterwards' },
      there.map(({ Id }) => Id),
      `${after.length} created after`,
    ),
    verdictFinding(about, verdict, String(ledger)),
  ];
};

async function isUnreachable(broker: BrokerUnderTest, ids: ReadonlySet<string>): Promise<true | null> {
  const { Servers } = await broker.client.describeServers({ ServerIds: [...ids] });
  return Servers.every(({ UnavailabilityReason }) => UnavailabilityReason === 'UNREACHABLE_AGENT') || null;
}

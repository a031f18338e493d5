import { systemClock } from '@dcvsm/runtime';
import { pool } from '../../abuse/pool.js';
import { BrokerUnderTest } from '../broker-under-test.js';
import { howMany, within, type Fault, type Finding, type Form } from '../fault-case.js';
import { Ledger } from '../ledger.js';
import { atRest, create, finalVerdict, verdictFinding } from '../load.js';
import { RealFleet } from '../real-fleet.js';
import { SimulatedFleet } from '../simulated-fleet.js';
import { until } from '../until.js';

const LIMIT_MS = 10_000;
const clock = systemClock();
const promise = 'all sessions READY again on reachable servers within 10 s, with the same ids';

export const fault: Fault = async (form) => [...(await simulated(form)), ...(await real(form))];

async function simulated(form: Form): Promise<Finding[]> {
  await using broker = await BrokerUnderTest.start();
  const size = { hosts: howMany(form, 100, 20), maxSessions: 10 };
  using fleet = await SimulatedFleet.start(broker, size);
  const ledger = new Ledger();
  const requests = Array.from({ length: size.hosts });
  await pool(requests, 10, () => create(broker.client, ledger, size.maxSessions));
  await atRest(broker);

  for (const host of fleet.hosts) host.kill();
  await until('all servers to be unreachable', async () => {
    const servers = await broker.servers();
    return servers.every((one) => one.UnavailabilityReason === 'UNREACHABLE_AGENT') || null;
  });
  const startMs = clock.monotonicMs();
  await Promise.all(fleet.hosts.map((host) => host.start()));
  await fleet.allReachable(broker);
  await until('all sessions to be READY', async () => areReady(await broker.sessions(), ledger));
  const tookMs = clock.monotonicMs() - startMs;
  const about = {
    fault: `all ${size.hosts} agents restart, their sessions alive`,
    load: `${ledger.acknowledgedIds.length} sessions`,
  };
  const verdict = await finalVerdict(broker, fleet, ledger);
  return [within({ ...about, promise }, tookMs, LIMIT_MS), verdictFinding(about, verdict, String(ledger))];
}

async function real(form: Form): Promise<Finding[]> {
  await using fleet = await RealFleet.start();
  const ledger = new Ledger();
  await create(fleet.client, ledger, howMany(form, 20, 4));
  await fleet.atRest();
  await fleet.killAgents();
  const startMs = clock.monotonicMs();
  await fleet.startAgents();
  await fleet.atRest();
  await until('all sessions to be READY', async () => areReady(await fleet.sessions(), ledger));
  const tookMs = clock.monotonicMs() - startMs;
  const about = {
    fault: 'two built agents killed and restarted',
    load: `${ledger.acknowledgedIds.length} sessions`,
  };
  const verdict = await fleet.finalVerdict(ledger);
  return [
    within({ ...about, promise }, tookMs, LIMIT_MS, 'with their start'),
    verdictFinding(about, verdict, String(ledger)),
  ];
}

function areReady(
  sessions: readonly { readonly Id: string; readonly State: string }[],
  ledger: Ledger,
): true | null {
  const ready = new Set(sessions.filter(({ State }) => State === 'READY').map(({ Id }) => Id));
  return ledger.acknowledgedIds.every((id) => ready.has(id)) || null;
}

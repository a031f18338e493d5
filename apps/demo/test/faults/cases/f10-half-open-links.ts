import { systemClock } from '@dcvsm/runtime';
import { FaultProxy } from '@dcvsm/testkit';
import { BrokerUnderTest } from '../broker-under-test.js';
import { nothing, within, type Fault, type Finding } from '../fault-case.js';
import { SimulatedFleet } from '../simulated-fleet.js';
import { until } from '../until.js';

/** Other than that the broker's files are those of before. */
const DESCRIPTORS_TO_SPARE = 20;
const MOST_GROWTH = 1.1;
/** The servers are asked for that often, and the answer takes its time. */
const LOOK_MS = 500;
const clock = systemClock();

interface HalfOpen {
  readonly hosts: number;
  readonly rounds: number;
  readonly leaseSeconds: number;
  readonly heartbeatSeconds: number;
}

export const fault: Fault = async (form) => {
  const soon = { leaseSeconds: 3, heartbeatSeconds: 1 };
  const usual = { leaseSeconds: 30, heartbeatSeconds: 10 };
  if (form.isQuick) return halfOpen({ hosts: 50, rounds: 2, ...soon });
  const once = await halfOpen({ hosts: 500, rounds: 1, ...usual });
  return [...once, ...(await halfOpen({ hosts: 500, rounds: 15, ...soon }))];
};

async function halfOpen({ hosts, rounds, leaseSeconds, heartbeatSeconds }: HalfOpen): Promise<Finding[]> {
  const properties = [
    `agent-lease-seconds = ${leaseSeconds}`,
    `agent-heartbeat-seconds = ${heartbeatSeconds}`,
  ];
  await using broker = await BrokerUnderTest.start({ properties });
  await using proxy = await FaultProxy.start({ clock, targetPort: broker.agentPort });
  const before = broker.descriptors;
  using fleet = await SimulatedFleet.start(broker, { hosts, maxSessions: 10, port: () => proxy.port });
  const times: number[] = [];
  const left: string[] = [];
  const memory: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await fleet.allReachable(broker);
    proxy.goDark();
    const found = await until('all links to be given up', () => areGone(broker), { pollMs: 100 });
    times.push(found.tookMs);
    // New links wait in the proxy, so what is open now is left over.
    for (const host of fleet.hosts) host.kill();
    proxy.release();
    proxy.cut();
    const now = await settledDescriptors(broker, before + DESCRIPTORS_TO_SPARE);
    if (now > before + DESCRIPTORS_TO_SPARE) left.push(`${now - before} descriptors in round ${round + 1}`);
    memory.push(broker.memory());
    await Promise.all(fleet.hosts.map((host) => host.start()));
  }
  const about = {
    fault: `${hosts} links half-open at once (nothing passes, no reset), ${rounds} times`,
    load: `heartbeats every ${heartbeatSeconds} s`,
  };
  const limitMs = (leaseSeconds + heartbeatSeconds) * 1000;
  const promise = `found within the lease and one heartbeat, ${limitMs / 1000} s`;
  return [
    within({ ...about, promise }, Math.max(...times), limitMs + LOOK_MS),
    nothing({ ...about, promise: 'no file or socket left behind' }, left, `${times.length} rounds`),
    ...growth(about, memory),
  ];
}

async function areGone(broker: BrokerUnderTest): Promise<true | null> {
  const servers = await broker.servers();
  return servers.every((server) => server.UnavailabilityReason === 'UNREACHABLE_AGENT') || null;
}

async function settledDescriptors(broker: BrokerUnderTest, most: number): Promise<number> {
  const waiting = until('the sockets to be closed', () => broker.descriptors <= most || null, {
    patienceMs: 15_000,
  });
  await waiting.catch(() => null);
  return broker.descriptors;
}

/** The heap grows until its garbage is worth collecting, so the first rounds tell nothing. */
function growth(about: Pick<Finding, 'fault' | 'load'>, memory: readonly number[]): Finding[] {
  const third = Math.floor(memory.length / 3);
  if (third < 3) return [];
  const middle = Math.max(...memory.slice(third, 2 * third));
  const last = Math.max(...memory.slice(2 * third));
  return [
    {
      ...about,
      promise: 'memory does not grow: the last third at most 1.1 times the middle one',
      figure: `${middle.toFixed(0)} MB, then ${last.toFixed(0)} MB`,
      ok: last <= middle * MOST_GROWTH,
    },
  ];
}

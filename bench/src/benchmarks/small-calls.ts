import { compare, type Comparison } from '../measure/comparison.js';
import { interleave } from '../measure/interleave.js';
import { MeasuredFleet, perSecond } from '../processes/measured-fleet.js';
import type { LoadRequest } from '../programs/load.js';
import { localSessionId } from '../simulated-host.js';
import type { Benchmark, BenchmarkOptions } from './benchmark.js';

const CONNECTIONS = 32;
const SESSIONS_PER_HOST = 50;
const FULL = { hosts: 200, rounds: 7, calls: 8000 };
const QUICK = { hosts: 50, rounds: 3, calls: 3000 };

export const smallCallsBenchmark: Benchmark = {
  id: 'P5',
  title: 'small calls, authorization on',
  limitMs: 300_000,
  run,
};

async function run(options: BenchmarkOptions): Promise<Comparison[]> {
  const size = options.quick ? QUICK : FULL;
  await using fleet = await MeasuredFleet.start(
    { hosts: size.hosts, maxVirtualSessions: 1000, localSessionsPerHost: SESSIONS_PER_HOST },
    options,
  );
  const { client } = fleet.broker;
  const ids = sessionIds(size.hosts);
  const sessionId = ids[0] as string;
  const connection = await client.GetSessionConnectionData({ sessionId, user: 'owner-0' });
  const description = await client.describeSessions({ SessionIds: [sessionId] });
  if (description.Sessions.length !== 1) throw new Error(`the session ${sessionId} is not there`);
  return [
    await measureCall(fleet, size, {
      id: 'P5.connection-data',
      name: 'getSessionConnectionData',
      requests: ids.map((id) => ({ method: 'GET', path: `/sessionConnectionData/${id}/owner-0` })),
      body: JSON.stringify(connection),
    }),
    await measureCall(fleet, size, {
      id: 'P5.describe-by-id',
      name: 'describeSessions by id',
      requests: ids.map((id) => ({
        method: 'POST',
        path: '/describeSessions',
        body: JSON.stringify({ SessionIds: [id] }),
      })),
      body: JSON.stringify(description),
    }),
  ];
}

interface Call {
  readonly id: string;
  readonly name: string;
  readonly requests: readonly LoadRequest[];
  /** What the broker answers to one of them. */
  readonly body: string;
}

async function measureCall(
  fleet: MeasuredFleet,
  size: { readonly rounds: number; readonly calls: number },
  { id, name, requests, body }: Call,
): Promise<Comparison> {
  const work = { requests, connections: CONNECTIONS, count: size.calls, contains: '"Owner":"owner-0"' };
  const samples = await interleave(
    {
      broker: async () => perSecond(await fleet.loadBroker(work)),
      bare: async () => perSecond(await fleet.loadBare(work, body)),
    },
    size.rounds,
  );
  return compare({
    id,
    what: `${name}, ${CONNECTIONS} clients, ${Buffer.byteLength(body)} bytes`,
    unit: 'calls/s',
    samples: samples.broker,
    baselineWhat: 'bare node:https server answering the same bytes',
    baselineSamples: samples.bare,
    target: { of: 'ratio', atLeast: 0.5 },
  });
}

/** Of one owner, on every host. */
function sessionIds(hosts: number): string[] {
  return Array.from({ length: hosts }, (_, number) => localSessionId(number, 0));
}

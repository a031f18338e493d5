import { compare, type Comparison } from '../measure/comparison.js';
import { interleave } from '../measure/interleave.js';
import { MeasuredFleet, msPerCall } from '../processes/measured-fleet.js';
import { TAG_OF_A_TENTH } from '../simulated-host.js';
import type { Benchmark, BenchmarkOptions } from './benchmark.js';

const PAGE = 1000;
const FULL = { hosts: 1000, rounds: 7, calls: 40 };
const QUICK = { hosts: 100, rounds: 3, calls: 20 };
const SESSIONS_PER_HOST = 100;

/** A tenth of the sessions passes the owner's and the tag's. */
const FILTERS = {
  all: {},
  owner: { Filters: [{ Key: 'owner', Value: 'owner-7' }] },
  tag: {
    Filters: [{ Key: `tag:${TAG_OF_A_TENTH.key}`, Value: TAG_OF_A_TENTH.value }],
  },
} as const;

export const describePageBenchmark: Benchmark = {
  id: 'P4',
  title: 'describeSessions, a page of 1,000',
  limitMs: 300_000,
  run,
};

async function run(options: BenchmarkOptions): Promise<Comparison[]> {
  const size = options.quick ? QUICK : FULL;
  await using fleet = await MeasuredFleet.start(
    { hosts: size.hosts, maxVirtualSessions: 1000, localSessionsPerHost: SESSIONS_PER_HOST },
    options,
  );
  const sessions = size.hosts * SESSIONS_PER_HOST;
  options.say(
    `${sessions} sessions of ${size.hosts} hosts taken in after ${(fleet.linkedInMs / 1000).toFixed(1)} s`,
  );
  const comparisons: Comparison[] = [];
  for (const [name, filter] of Object.entries(FILTERS)) {
    comparisons.push(await measureFilter(fleet, name, filter, { ...size, sessions }));
  }
  return comparisons;
}

async function measureFilter(
  fleet: MeasuredFleet,
  name: string,
  filter: object,
  size: { readonly rounds: number; readonly calls: number; readonly sessions: number },
): Promise<Comparison> {
  const answer = await fleet.broker.client.describeSessions(filter);
  if (answer.Sessions.length !== PAGE)
    throw new Error(`${name}: the page has ${answer.Sessions.length} sessions instead of ${PAGE}`);
  const body = JSON.stringify(answer);
  const work = {
    requests: [{ method: 'POST' as const, path: '/describeSessions', body: JSON.stringify(filter) }],
    connections: 1,
    count: size.calls,
    atLeastBytes: Buffer.byteLength(body),
  };
  const samples = await interleave(
    {
      broker: async () => msPerCall(await fleet.loadBroker(work)),
      bare: async () => msPerCall(await fleet.loadBare(work, body)),
    },
    size.rounds,
  );
  return compare({
    id: `P4.${name}`,
    what: `describeSessions, filter: ${name}, ${PAGE} of ${size.sessions} sessions, ${Math.round(body.length / 1000)} kB`,
    unit: 'ms',
    samples: samples.broker,
    baselineWhat: 'bare node:https server sending the same bytes',
    baselineSamples: samples.bare,
    target: { of: 'ratio', atMost: 1.5 },
  });
}

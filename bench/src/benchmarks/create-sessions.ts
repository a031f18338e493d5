import { join } from 'node:path';
import { compare, type Comparison } from '../measure/comparison.js';
import { interleave } from '../measure/interleave.js';
import type { Sample } from '../measure/sample.js';
import { Child } from '../processes/child.js';
import { MeasuredFleet, perSecond } from '../processes/measured-fleet.js';
import type { LoadRequest } from '../programs/load.js';
import type { SqliteOrder, SqliteOutcome } from '../programs/sqlite-updates.js';
import { REQUIREMENT } from '../simulated-host.js';
import type { Benchmark, BenchmarkOptions } from './benchmark.js';

const CONNECTIONS = 32;
const BATCH = 100;
const FULL = { hosts: 5000, rounds: 5, batches: 40, singles: 2000, updates: 2000 };
const QUICK = { hosts: 500, rounds: 3, batches: 32, singles: 1500, updates: 1500 };

export const createSessionsBenchmark: Benchmark = {
  id: 'P1',
  title: 'createSessions accepted, durable',
  limitMs: 600_000,
  run,
};

async function run(options: BenchmarkOptions): Promise<Comparison[]> {
  const size = options.quick ? QUICK : FULL;
  await using fleet = await MeasuredFleet.start(
    { hosts: size.hosts, maxVirtualSessions: 1000, localSessionsPerHost: 0 },
    options,
  );
  options.say(`${size.hosts} hosts linked in ${(fleet.linkedInMs / 1000).toFixed(1)} s`);
  const creation = new Creation(fleet);
  const sqlite = Child.start('sqlite-updates');
  const updates: SqliteOrder = {
    path: join(fleet.broker.folder, 'updates.db'),
    servers: size.hosts,
    count: size.updates,
  };
  const bareWork = { requests: singleRequests(), connections: CONNECTIONS, count: size.singles };
  const samples = await interleave(
    {
      batches: () => creation.measure(size.batches, BATCH),
      singles: () => creation.measure(size.singles, 1),
      bare: async () => perSecond(await fleet.loadBare(bareWork, 'x'.repeat(500))),
      sqlite: async () => updateRate(await sqlite.ask<SqliteOutcome>(updates), updates.count),
    },
    size.rounds,
  );
  await sqlite.stop();
  const last = creation.untilCreated.map((figure) => Math.round(figure)).join(', ');
  options.say(`sessions/s until the hosts had created them all, of each repetition: ${last}`);
  return comparisons(samples, size.hosts);
}

type Samples = Readonly<Record<'batches' | 'singles' | 'bare' | 'sqlite', readonly Sample[]>>;

function comparisons({ batches, singles, bare, sqlite }: Samples, hosts: number): Comparison[] {
  const fleet = `${hosts} servers, ${CONNECTIONS} clients`;
  const durable = {
    baselineWhat: 'SQLite alone, one durable conditional update after another',
    baselineSamples: sqlite,
  };
  return [
    compare({
      id: 'P1.batches',
      what: `createSessions in batches of ${BATCH}, ${fleet}`,
      unit: 'sessions/s',
      samples: batches,
      ...durable,
      target: { of: 'figure', atLeast: 6000 },
    }),
    compare({
      id: 'P1.singles',
      what: `createSessions one per request, ${fleet}`,
      unit: 'sessions/s',
      samples: singles,
      baselineWhat: 'bare node:https server answering 500 bytes, requests/s',
      baselineSamples: bare,
      target: { of: 'ratio', atLeast: 0.45 },
    }),
    compare({
      id: 'P1.singles-durable',
      what: `the same, beside the store's own limit`,
      unit: 'sessions/s',
      samples: singles,
      ...durable,
      target: { of: 'figure', atLeast: 2800 },
    }),
  ];
}

function updateRate({ elapsedMs }: SqliteOutcome, count: number): Sample {
  return { figure: (count / elapsedMs) * 1000, serverCpuMicros: null };
}

/** Creates sessions and sees to it that the hosts' work of one repetition is not left to the next. */
class Creation {
  /** Sessions per second until the last was created on its host, of each repetition. */
  readonly untilCreated: number[] = [];
  readonly #fleet: MeasuredFleet;
  #accepted = 0;

  constructor(fleet: MeasuredFleet) {
    this.#fleet = fleet;
  }

  async measure(requests: number, sessionsEach: number): Promise<Sample> {
    const startedAtMs = performance.now();
    const load = await this.#fleet.loadBroker({
      requests: sessionsEach === 1 ? singleRequests() : [createRequest(sessionsEach, 0)],
      connections: CONNECTIONS,
      count: requests,
      contains: '"UnsuccessfulList":[]',
    });
    this.#accepted += requests * sessionsEach;
    await eventually(this.#accepted, 'created', () => this.#fleet.created());
    this.untilCreated.push((requests * sessionsEach * 1000) / (performance.now() - startedAtMs));
    await eventually(this.#accepted, 'READY', () => this.#ready());
    return perSecond(load, sessionsEach);
  }

  /** Also the proof that every session that was accepted is there, once. */
  async #ready(): Promise<number> {
    let ready = 0;
    let NextToken: string | undefined;
    do {
      const page = await this.#fleet.broker.client.describeSessions({
        ...(NextToken !== undefined && { NextToken }),
      });
      ready += page.Sessions.filter(({ State }) => State === 'READY').length;
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    return ready;
  }
}

const SETTLE_MS = 60_000;

/** @rejects when it stays at another number than it should. */
async function eventually(accepted: number, what: string, count: () => Promise<number>): Promise<void> {
  const deadlineMs = performance.now() + SETTLE_MS;
  for (;;) {
    const counted = await count();
    if (counted === accepted) return;
    if (performance.now() > deadlineMs)
      throw new Error(
        `${accepted} sessions were accepted, ${counted} are ${what} after ${SETTLE_MS / 1000} s`,
      );
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function singleRequests(): LoadRequest[] {
  return Array.from({ length: 200 }, (_, user) => createRequest(1, user));
}

function createRequest(sessions: number, firstUser: number): LoadRequest {
  const entries = Array.from({ length: sessions }, (_, index) => ({
    Name: `desktop ${index}`,
    Owner: `user-${firstUser + index}`,
    Type: 'VIRTUAL',
    Requirements: REQUIREMENT,
  }));
  return { method: 'POST', path: '/createSessions', body: JSON.stringify(entries) };
}

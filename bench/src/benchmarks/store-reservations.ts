import { compare, type Comparison } from '../measure/comparison.js';
import { interleave } from '../measure/interleave.js';
import type { Sample } from '../measure/sample.js';
import { simulatedFacts } from '../simulated-host.js';
import type { Benchmark, BenchmarkOptions } from './benchmark.js';
import { openStore, type BenchStore } from './store-parts.js';

const CALLERS = 100;

export const storeReservationsBenchmark: Benchmark = {
  id: 'S1',
  title: 'durable reservations of each store',
  limitMs: 300_000,
  run,
};

async function run({ quick, say }: BenchmarkOptions): Promise<Comparison[]> {
  const each = quick ? 10 : 50;
  const sqlite = new Reservations(await openStore('sqlite'));
  const comparisons: Comparison[] = [];
  for (const kind of ['mysql', 'postgres'] as const) {
    const store = await openStore(kind);
    if (store === null) {
      say(`no ${kind} server on this machine`);
      continue;
    }
    const shared = new Reservations(store);
    const subjects = { shared: () => shared.measure(each), sqlite: () => sqlite.measure(each) };
    const samples = await interleave(subjects, quick ? 3 : 5);
    await shared.close();
    comparisons.push(
      compare({
        id: `S1.${kind}`,
        what: `reservations in ${kind}, ${CALLERS} callers with a server each, in process`,
        unit: 'sessions/s',
        samples: samples.shared,
        baselineWhat: 'the same in SQLite',
        baselineSamples: samples.sqlite,
        target: null,
      }),
    );
  }
  await sqlite.close();
  return comparisons;
}

class Reservations {
  readonly #store: BenchStore;
  #count = 0;

  constructor(store: BenchStore | null) {
    if (store === null) throw new Error('the store could not be opened');
    this.#store = store;
  }

  /** From an empty store on, so that every repetition is like the one before. */
  async measure(each: number): Promise<Sample> {
    await this.#clear();
    const callers = Array.from({ length: CALLERS }, (_, number) => number);
    await Promise.all(
      callers.map((number) =>
        this.#store.registerServer({
          id: `s${number}`,
          facts: simulatedFacts(number, 1000),
          registeredAtMs: 1,
        }),
      ),
    );
    const startedAtMs = performance.now();
    await Promise.all(callers.map((number) => this.#reserve(`s${number}`, each)));
    const elapsedMs = performance.now() - startedAtMs;
    return { figure: (CALLERS * each * 1000) / elapsedMs, serverCpuMicros: null };
  }

  async close(): Promise<void> {
    await this.#clear();
    await this.#store.close();
  }

  async #clear(): Promise<void> {
    await this.#store.fill({ sessions: [], servers: [], registrations: [], secrets: [] }, { replaces: true });
  }

  async #reserve(serverId: string, count: number): Promise<void> {
    for (let placementVersion = 1; placementVersion <= count; placementVersion += 1) {
      const session = newSession(`session-${(this.#count += 1)}`, serverId);
      const answer = await this.#store.reserve(session, { placementVersion, sessionVersion: null });
      if (answer !== 'reserved') throw new Error(`unexpected answer ${answer}`);
    }
  }
}

function newSession(key: string, serverId: string): object {
  return {
    ...{ key, id: key, name: 'desk', owner: 'alice', type: 'VIRTUAL', serverId, state: 'CREATING' },
    wanted: { enqueue: false, retryOnFailure: true },
    ...{ stateReason: null, triedServerIds: [], requestedAtMs: 1, queuedUntilMs: null, reservedUntilMs: 2 },
    ...{
      createdAtMs: null,
      deletedAtMs: null,
      unwanted: false,
      forced: false,
      storageRoot: null,
      version: 1,
    },
  };
}

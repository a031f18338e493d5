import type { Session } from '@dcvsm/protocol';
import { systemClock } from '@dcvsm/runtime';
import { seededRandom } from '@dcvsm/testkit';
import { pool } from '../../abuse/pool.js';
import { BrokerUnderTest } from '../broker-under-test.js';
import { howMany, nothing, type Fault } from '../fault-case.js';
import { Ledger } from '../ledger.js';
import { atRest, create, finalVerdict, verdictFinding } from '../load.js';
import { asItCame, reordered } from '../mishaps.js';
import { SimulatedFleet } from '../simulated-fleet.js';

type State = Session['State'];

const clock = systemClock();

export const fault: Fault = async (form) => {
  await using broker = await BrokerUnderTest.start();
  const hosts = howMany(form, 100, 10);
  using fleet = await SimulatedFleet.start(broker, { hosts, maxSessions: -1 });
  const rounds = howMany(form, 10, 2);
  const ledger = new Ledger();
  const graph = new Graph();
  for (let round = 0; round < rounds; round += 1) {
    fleet.hosts.forEach(({ behaviour }, index) => {
      const random = seededRandom(form.seed + round * hosts + index);
      behaviour.mishap = reordered(random);
      behaviour.createMs = () => random.next() * 100;
    });
    const watching = graph.watch(broker);
    const reports = new AbortController();
    const reporting = reportAllTheTime(fleet, reports.signal);
    const before = new Set(ledger.acknowledgedIds);
    await pool(Array.from({ length: hosts }), 20, () => create(broker.client, ledger, 10));
    const fresh = ledger.acknowledgedIds.filter((id) => !before.has(id)).slice(0, hosts * 4);
    for (const id of fresh) ledger.deletionAsked(id);
    await broker.client.deleteSessions(fresh.map((SessionId) => ({ SessionId, Owner: 'alice' })));
    await atRest(broker);
    reports.abort();
    await reporting;
    await watching.stop();
  }
  for (const { behaviour } of fleet.hosts) behaviour.mishap = asItCame;
  const verdict = await finalVerdict(broker, fleet, ledger);
  const about = {
    fault: 'messages of the link in any order within ten, each way',
    load: `${String(ledger)}, of which 4 in 10 deleted, and reports all the time`,
  };
  return [
    nothing(
      { ...about, promise: 'states move along their graph: nothing comes back to CREATING' },
      graph.violations,
      `${rounds * hosts} seeds, ${graph.looks} looks at all sessions`,
    ),
    verdictFinding(about, verdict, `${rounds * hosts} seeds`),
  ];
};

async function reportAllTheTime(fleet: SimulatedFleet, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    fleet.reportAll();
    await clock.sleep(200);
  }
}

/**
 * Looks at all sessions all the time. Between two looks a session can go a long way on the graph, through READY from any
 * state to any other but one: nothing comes back to CREATING.
 */
class Graph {
  readonly violations: string[] = [];
  looks = 0;
  readonly #last = new Map<string, State>();

  watch(broker: BrokerUnderTest): { stop(): Promise<void> } {
    let isOver = false;
    const watching = (async () => {
      while (!isOver) {
        this.#look(await broker.sessions());
        await clock.sleep(20);
      }
    })();
    const stop = async (): Promise<void> => {
      isOver = true;
      await watching;
    };
    return { stop };
  }

  #look(sessions: readonly Session[]): void {
    this.looks += 1;
    for (const { Id, State } of sessions) {
      const before = this.#last.get(Id);
      this.#last.set(Id, State);
      if (State !== 'CREATING' || before === undefined || before === 'CREATING') continue;
      this.violations.push(`${Id} from ${before} to ${State}`);
    }
  }
}

import { seededRandom } from '@dcvsm/testkit';
import { pool } from '../../abuse/pool.js';
import { BrokerUnderTest } from '../broker-under-test.js';
import { howMany, nothing, type Fault } from '../fault-case.js';
import { Ledger } from '../ledger.js';
import { atRest, create, finalVerdict, verdictFinding } from '../load.js';
import { doubled } from '../mishaps.js';
import { SimulatedFleet } from '../simulated-fleet.js';

const PER_REQUEST = 10;

export const fault: Fault = async (form) => {
  await using broker = await BrokerUnderTest.start();
  using fleet = await SimulatedFleet.start(broker, { hosts: howMany(form, 100, 10), maxSessions: -1 });
  const random = seededRandom(form.seed);
  for (const { behaviour } of fleet.hosts) {
    behaviour.mishap = doubled(random);
    behaviour.createMs = () => random.next() * 100;
  }
  const ledger = new Ledger();
  const creates = howMany(form, 10_000, 300);
  await pool(Array.from({ length: creates / PER_REQUEST }), 20, () =>
    create(broker.client, ledger, PER_REQUEST),
  );
  const sessions = await atRest(broker);
  const failed = sessions.filter(({ State }) => State !== 'READY');
  const toDelete = ledger.acknowledgedIds.filter(() => random.next() < 0.5);
  for (let from = 0; from < toDelete.length; from += 500) {
    const part = toDelete.slice(from, from + 500);
    for (const id of part) ledger.deletionAsked(id);
    await broker.client.deleteSessions(part.map((SessionId) => ({ SessionId, Owner: 'alice' })));
  }
  await atRest(broker);
  const kept = new Set(fleet.held.map(({ sessionId }) => sessionId));
  const undeleted = toDelete.filter((id) => kept.has(id));
  const verdict = await finalVerdict(broker, fleet, ledger);
  const about = {
    fault: 'every message of the link comes twice, each way',
    load: `${creates} creates, ${toDelete.length} deletions`,
  };
  const commands = fleet.hosts.reduce((sum, host) => sum + host.createCommands, 0);
  return [
    verdictFinding(about, verdict, `${ledger}; ${commands} commands to create came`),
    nothing(
      { ...about, promise: 'the same results as without: all READY, all deletions done' },
      [
        ...failed.map(({ Id, State }) => `${Id} is ${State}`),
        ...undeleted.map((id) => `${id} is still there`),
      ],
      `${sessions.length} sessions`,
    ),
  ];
};

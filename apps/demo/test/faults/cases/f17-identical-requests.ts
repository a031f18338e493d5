import { BrokerUnderTest } from '../broker-under-test.js';
import { howMany, nothing, type Fault } from '../fault-case.js';
import { Ledger } from '../ledger.js';
import { atRest, finalVerdict, verdictFinding } from '../load.js';
import { SimulatedFleet } from '../simulated-fleet.js';

const PARALLEL = 50;
const ENTRY = { Name: 'the same', Owner: 'alice', Type: 'VIRTUAL' } as const;

/**
 * The API has no idempotency key: a client that asks again gets another session. What can be promised is that each
 * accepted request is one session, however many look the same, also when the broker is killed among them.
 */
export const fault: Fault = async (form) => {
  await using broker = await BrokerUnderTest.start();
  using fleet = await SimulatedFleet.start(broker, { hosts: 20, maxSessions: -1 });
  const ledger = new Ledger();
  const rounds = howMany(form, 40, 4);
  for (let round = 0; round < rounds; round += 1) {
    const requests = Array.from({ length: PARALLEL }, () => ask(broker, ledger));
    if (round % 4 === 3) {
      await Promise.race(requests);
      await broker.kill();
      await Promise.all(requests);
      await broker.restart();
      await fleet.allReachable(broker);
    } else {
      await Promise.all(requests);
    }
  }
  const sessions = await atRest(broker);
  const ids = ledger.acknowledgedIds;
  const asked = rounds * PARALLEL;
  const about = {
    fault: 'identical requests at once, the broker killed among some',
    load: `${PARALLEL} at a time, ${asked} in all`,
  };
  const wrong = sessions.length > asked ? [`${sessions.length} sessions of ${asked} requests`] : [];
  if (ids.length + ledger.unanswered + refused(ledger) !== asked)
    wrong.push('two requests got the same session');
  return [
    nothing(
      { ...about, promise: 'each accepted request is a session of its own (there is no idempotency key)' },
      wrong,
      `${ids.length} acknowledged, ${ledger.unanswered} unanswered, ${sessions.length} sessions`,
    ),
    verdictFinding(about, await finalVerdict(broker, namedById(fleet), ledger), `${ids.length} acknowledged`),
  ];
};

/** All have the same name here. */
function namedById(fleet: SimulatedFleet): Parameters<typeof finalVerdict>[1] {
  return {
    get held() {
      return fleet.held.map((one) => ({ ...one, name: one.sessionId }));
    },
    reportAll: () => fleet.reportAll(),
  };
}

async function ask(broker: BrokerUnderTest, ledger: Ledger): Promise<void> {
  try {
    const { SuccessfulList, UnsuccessfulList } = await broker.client.createSessions([ENTRY]);
    for (const { Id, Name } of SuccessfulList) ledger.acknowledge(Id, Name);
    for (const { FailureReason } of UnsuccessfulList) ledger.refuse(FailureReason);
  } catch {
    ledger.leaveUnanswered();
  }
}

function refused(ledger: Ledger): number {
  return [...ledger.refusals.values()].reduce((sum, count) => sum + count, 0);
}

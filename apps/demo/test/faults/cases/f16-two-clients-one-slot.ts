import { BrokerUnderTest } from '../broker-under-test.js';
import { howMany, nothing, type Fault } from '../fault-case.js';
import { Ledger } from '../ledger.js';
import { atRest, create, verdictFinding } from '../load.js';
import { SimulatedFleet } from '../simulated-fleet.js';

export const fault: Fault = async (form) => {
  await using broker = await BrokerUnderTest.start({ properties: ['delete-session-duration-seconds = 10'] });
  const hosts = howMany(form, 200, 20);
  using fleet = await SimulatedFleet.start(broker, { hosts, maxSessions: 1 });
  const clients = [broker.client, broker.anotherClient()];
  const rounds = howMany(form, 50, 3);
  const wrong: string[] = [];
  const total = { lost: [] as string[], doubled: [] as string[], orphaned: [] as string[] };
  for (let round = 0; round < rounds; round += 1) {
    const ledgers = await Promise.all(
      fleet.hosts.map(async ({ hostname }) => {
        const ledger = new Ledger(`${hostname}-${round}`);
        const Requirements = `server:Hostname = '${hostname}'`;
        await Promise.all(clients.map((client) => create(client, ledger, 1, { Requirements })));
        return ledger;
      }),
    );
    const told = await atRest(broker);
    fleet.hosts.forEach((host, index) => {
      const winners = ledgers[index]?.acknowledgedIds ?? [];
      if (winners.length !== 1) wrong.push(`${winners.length} clients got ${host.hostname}`);
      if (host.sessions.size > 1) wrong.push(`${host.sessions.size} sessions on ${host.hostname}`);
      const verdict = ledgers[index]?.judge(told, host.held);
      total.lost.push(...(verdict?.lost ?? []));
      total.doubled.push(...(verdict?.doubled ?? []));
      total.orphaned.push(...(verdict?.orphaned ?? []));
    });
    const alive = told.filter(({ State }) => State === 'READY');
    await broker.client.deleteSessions(alive.map(({ Id, Owner }) => ({ SessionId: Id, Owner })));
    await atRest(broker);
  }
  const about = {
    fault: 'two clients ask for the same slot at the same moment',
    load: `${hosts} pairs at a time`,
  };
  const pairs = `${rounds * hosts} pairs`;
  return [
    nothing({ ...about, promise: 'exactly one of them gets it' }, wrong, pairs),
    verdictFinding(about, total, pairs),
  ];
};

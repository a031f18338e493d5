import { systemClock } from '@dcvsm/runtime';
import { FaultProxy, seededRandom } from '@dcvsm/testkit';
import { BrokerUnderTest } from '../broker-under-test.js';
import { howMany, nothing, type Fault } from '../fault-case.js';
import { Ledger } from '../ledger.js';
import { atRest, create, finalVerdict, verdictFinding } from '../load.js';
import type { SimulatedHost } from '../simulated-host.js';
import { SimulatedFleet } from '../simulated-fleet.js';
import { SimulatedLink } from '../simulated-link.js';
import { until } from '../until.js';

const SESSIONS_EACH = 4;
const clock = systemClock();

/**
 * The network holds back what a host says on its old link, and lets it through after the host has said hello on a new one:
 * lies by then, such as a list without any session.
 */
export const fault: Fault = async (form) => {
  await using broker = await BrokerUnderTest.start();
  await using proxy = await FaultProxy.start({ clock, targetPort: broker.agentPort });
  const hosts = howMany(form, 50, 10);
  using fleet = await SimulatedFleet.start(broker, { hosts, maxSessions: 10, port: () => proxy.port });
  const ledger = new Ledger();
  await Promise.all(
    fleet.hosts.map(({ hostname }) =>
      create(broker.client, ledger, SESSIONS_EACH, { Requirements: `server:Hostname = '${hostname}'` }),
    ),
  );
  await atRest(broker);
  const random = seededRandom(form.seed);
  const rounds = howMany(form, 20, 2);
  const believed: string[] = [];
  for (let round = 0; round < rounds; round += 1) {
    proxy.hold();
    for (const host of fleet.hosts) lie(host);
    const links = await Promise.all(fleet.hosts.map((host) => newLink(broker, host)));
    await clock.sleep(random.next() * 20);
    proxy.release();
    await until('the old links to be gone', () => fleet.hosts.every(({ isLinked }) => !isLinked) || null, {
      pollMs: 10,
    });
    // Each new link has been heard since: whatever the lies did is done.
    await Promise.all(links.map((link) => link.roundTrip()));
    for (const { Id, State } of await broker.sessions()) {
      if (State !== 'READY') believed.push(`${Id} became ${State} in round ${round + 1}`);
    }
    for (const link of links) link.cut();
    await fleet.allReachable(broker);
  }
  const about = {
    fault: 'reports and outcomes of an old link come after the hello of the new one',
    load: `${hosts * SESSIONS_EACH} sessions`,
  };
  const verdict = await finalVerdict(broker, fleet, ledger);
  return [
    nothing({ ...about, promise: 'they change nothing' }, believed, `${rounds * hosts} links replaced`),
    verdictFinding(about, verdict, String(ledger)),
  ];
};

/** Says on the present link that all sessions are gone. */
function lie(host: SimulatedHost): void {
  const { report } = host.hello();
  const nothingLeft = { ...report, dcv: { healthy: true as const, sessions: [] } };
  host.link?.send({ type: 'report', requestId: '0'.repeat(32), report: nothingLeft });
  for (const id of host.sessions.keys()) {
    const outcome = { kind: 'failed' as const, reason: 'a lie', sessionMissing: true };
    host.link?.send({ type: 'outcome', commandId: `create:${id}:1`, outcome });
  }
}

async function newLink(broker: BrokerUnderTest, host: SimulatedHost): Promise<SimulatedLink> {
  const { agentPort: port, secureContext } = broker;
  const hello = (): ReturnType<SimulatedHost['hello']> => host.hello();
  return (await SimulatedLink.open({ port, secureContext, hello, onMessage: () => undefined })).link;
}

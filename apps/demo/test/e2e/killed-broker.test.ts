import { Demo } from './start-demo.js';

const ROUNDS = 20;

it('loses no accepted session and creates none twice when the broker is killed twenty times', async () => {
  await using demo = await Demo.start();
  const accepted = new Set<string>();

  for (let round = 0; round < ROUNDS; round += 1) {
    const asked = Array.from({ length: 3 }, (_, index) => ({
      Name: `round-${round}-${index}`,
      Owner: 'alice',
      Type: 'VIRTUAL',
      EnqueueRequest: true,
    }));
    // One request each, so that the kill finds some answered, some on their way, and some not yet sent.
    const answers = asked.map((entry) => demo.client.createSessions([entry]).catch(() => null));
    await Promise.race(answers);
    demo.fleet.broker.signal('SIGKILL');
    for (const answer of await Promise.all(answers)) {
      for (const { Id } of answer?.SuccessfulList ?? []) accepted.add(Id);
    }
    await demo.fleet.broker.exited;
    await demo.fleet.startBroker();
  }

  const sessions = await demo.eventually('every server to be full or nothing to wait', async () => {
    const { Servers } = await demo.client.describeServers({});
    const { Sessions } = await demo.client.describeSessions({});
    const ready = Sessions.filter(({ State }) => State === 'READY').length;
    const reachable = Servers.every(
      ({ UnavailabilityReason }) => UnavailabilityReason !== 'UNREACHABLE_AGENT',
    );
    const atRest = ready === Math.min(20, Sessions.length);
    return reachable && atRest ? Sessions : null;
  });

  const known = new Map(sessions.map((session) => [session.Id, session]));
  expect([...accepted].filter((id) => !known.has(id))).toEqual([]);
  expect(sessions.filter(({ State }) => State !== 'READY' && State !== 'CREATING')).toEqual([]);
  // What is READY lives exactly once on the hosts, and nothing else lives there.
  const onHosts = [...(await listed(demo, 'host-1')), ...(await listed(demo, 'host-2'))].sort();
  const ready = sessions.filter(({ State }) => State === 'READY').map(({ Id }) => Id);
  expect(onHosts).toEqual(ready.sort());
  expect(accepted.size).toBeGreaterThan(ROUNDS / 2);
});

async function listed(demo: Demo, host: 'host-1' | 'host-2'): Promise<string[]> {
  const sessions = JSON.parse(await demo.dcv(host, 'list-sessions', '--json')) as { id: string }[];
  return sessions.map(({ id }) => id);
}

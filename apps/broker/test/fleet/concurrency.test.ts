import { TestFleet } from './start-fleet.js';

const oneOf = { limits: { maxVirtualSessions: 3, maxVirtualSessionsPerUser: 2 } };

describe.each(['memory', 'sqlite'])('with the %s store', (store) => {
  const properties = [`store = ${store}`];

  it('never exceeds a limit when 200 requests come at once', async () => {
    await using fleet = await TestFleet.start({ properties });
    const agents = [
      await fleet.agent('s1', oneOf),
      await fleet.agent('s2', oneOf),
      await fleet.agent('s3', oneOf),
    ];
    const owners = ['alice', 'bob', 'carol'];
    const requests = Array.from({ length: 200 }, (_, index) => ({
      name: 'work',
      owner: owners[index % 3] ?? '',
      type: index % 20 === 0 ? ('CONSOLE' as const) : ('VIRTUAL' as const),
      wanted: { enqueue: false, retryOnFailure: true },
    }));
    const { fleet: verbs } = fleet.broker;
    const answers = (await Promise.all(requests.map((request) => verbs.createSessions([request])))).flat();
    await fleet.rest();
    const accepted = answers.flatMap((answer) => (answer.kind === 'accepted' ? [answer.session.id] : []));
    const made = agents.flatMap(({ sessions }) => [...sessions.keys()]);
    expect(made.sort()).toEqual(accepted.sort());
    for (const { sessions } of agents) {
      const here = [...sessions.values()];
      const consoles = here.filter(({ type }) => type === 'CONSOLE').length;
      expect(here.length).toBeGreaterThan(0);
      expect(here.length).toBeLessThanOrEqual(consoles > 0 ? 1 : 3);
      for (const owner of owners) {
        expect(here.filter((session) => session.owner === owner).length).toBeLessThanOrEqual(2);
      }
    }
  });

  it('places as many as fit while gates and facts change all the time', async () => {
    await using fleet = await TestFleet.start({ properties });
    const agent = await fleet.agent('s1', {
      limits: { maxVirtualSessions: 30, maxVirtualSessionsPerUser: -1 },
    });
    const { fleet: verbs } = fleet.broker;
    const requests = Array.from({ length: 60 }, () => fleet.createMany(1, { EnqueueRequest: true }));
    const changes = Array.from({ length: 20 }, async (_, index) => {
      await (index % 2 === 0 ? verbs.closeServer('s1', true) : verbs.openServer('s1'));
    });
    await Promise.all([...requests, ...changes]);
    await verbs.openServer('s1');
    await fleet.rest();
    expect(agent.sessions.size).toBe(30);
    const states = (await fleet.describeAll()).map(({ State }) => State);
    expect(states.filter((state) => state === 'READY')).toHaveLength(30);
    expect(states.filter((state) => state === 'CREATING')).toHaveLength(30);
  });

  it('leaves nothing behind when each creation races with its deletion', async () => {
    await using fleet = await TestFleet.start({ properties });
    const agent = await fleet.agent('s1', {
      limits: { maxVirtualSessions: -1, maxVirtualSessionsPerUser: -1 },
    });
    const ids = await Promise.all(Array.from({ length: 30 }, async () => (await fleet.create()).Id ?? ''));
    await Promise.all(ids.map((id, index) => fleet.delete(id, { Force: index % 2 === 0 })));
    const sessions = await fleet.describeAll();
    expect(sessions.map(({ State }) => State)).toEqual(ids.map(() => 'DELETED'));
    await agent.report();
    expect(agent.sessions.size).toBe(0);
    expect(await fleet.server('s1')).toMatchObject({ VirtualSessionCount: 0 });
  });
});

it('deletes a session whose creation ends only after its deletion', async () => {
  await using fleet = await TestFleet.start();
  const agent = await fleet.agent('s1');
  agent.react = (message) => (message.command.kind === 'create-session' ? 'silence' : agent.obey(message));
  const created = await fleet.create();
  const command = await agent.command('create-session', created.Id);
  await fleet.delete(created.Id ?? '');
  expect(await fleet.describe(created.Id)).toMatchObject({ State: 'DELETED' });
  // The host was still busy with it.
  const outcome = agent.obey(command);
  agent.send({ type: 'outcome', commandId: command.commandId, outcome });
  await agent.report();
  await fleet.rest();
  expect(agent.sessions.size).toBe(0);
  expect(await fleet.describe(created.Id)).toMatchObject({ State: 'DELETED' });
});

it('answers two deletions of the same session at once alike, and deletes it once', async () => {
  await using fleet = await TestFleet.start();
  const agent = await fleet.agent('s1');
  const created = await fleet.create();
  await fleet.describe(created.Id);
  const entry = { SessionId: created.Id, Owner: 'alice' };
  const { SuccessfulList } = await fleet.client.deleteSessions([entry, entry]);
  expect(SuccessfulList.map(({ State }) => State)).toEqual(['DELETING', 'DELETING']);
  expect(await fleet.describe(created.Id)).toMatchObject({ State: 'DELETED' });
  expect(agent.commands.filter(({ command }) => command.kind === 'delete-session')).toHaveLength(1);
});

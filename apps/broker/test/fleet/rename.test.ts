import { hostSession, type FakeAgent } from '@dcvsm/testkit';
import { TestFleet } from './start-fleet.js';

/** The host of `old` comes back as another server, with what is alive on it. */
function renamed(fleet: TestFleet, old: FakeAgent, serverId: string): FakeAgent {
  const agent = fleet.newAgent(serverId);
  // The same host: it kept its credentials.
  agent.token = old.token;
  for (const [id, session] of old.sessions) agent.sessions.set(id, session);
  agent.previousServerIds = [old.serverId];
  return agent;
}

it('moves live sessions to the new id; the old server is gone and nothing is closed', async () => {
  await using fleet = await TestFleet.start();
  const old = await fleet.agent('s1');
  const { Id: id = '' } = await fleet.create();
  old.sessions.set('console-of-bob', hostSession('console-of-bob', { owner: 'bob' }));
  await old.report();
  await fleet.cut(old);
  const agent = renamed(fleet, old, 'n1');
  await agent.connect();

  const sessions = await fleet.describeAll();
  expect(sessions.map(({ Id, State, Server }) => [Id, State, Server?.Id]).sort()).toEqual(
    [
      [id, 'READY', 'n1'],
      ['console-of-bob', 'READY', 'n1'],
    ].sort(),
  );
  const { Servers } = await fleet.client.describeServers({});
  expect(Servers).toMatchObject([{ Id: 'n1', VirtualSessionCount: 2, Availability: 'AVAILABLE' }]);
  await agent.report();
  await fleet.advance(60_000);
  expect(agent.commands).toEqual([]);
  expect(agent.sessions.size).toBe(2);
  await fleet.delete(id);
  expect(await fleet.describe(id)).toMatchObject({ State: 'DELETED' });
  expect([...agent.sessions.keys()]).toEqual(['console-of-bob']);
});

it('does so also while the old link still seems to be up', async () => {
  await using fleet = await TestFleet.start();
  const old = await fleet.agent('s1');
  const { Id: id = '' } = await fleet.create();
  await fleet.describe(id);
  old.frozen = true;
  await renamed(fleet, old, 'n1').connect();
  expect(await fleet.describeAll()).toMatchObject([{ Id: id, State: 'READY', Server: { Id: 'n1' } }]);
  await fleet.advance(60_000);
  expect(await fleet.describeAll()).toMatchObject([{ Id: id, State: 'READY', Server: { Id: 'n1' } }]);
});

it('goes on with what was UNKNOWN because the rename took long', async () => {
  await using fleet = await TestFleet.start();
  const old = await fleet.agent('s1');
  const { Id: id = '' } = await fleet.create();
  await fleet.describe(id);
  await fleet.cut(old);
  await fleet.advance(50_000);
  await renamed(fleet, old, 'n1').connect();
  expect(await fleet.describe(id)).toMatchObject({ State: 'READY', Server: { Id: 'n1' } });
});

it('keeps a creation that the host had finished when it was renamed', async () => {
  await using fleet = await TestFleet.start();
  const old = await fleet.agent('s1');
  old.react = () => 'silence';
  const { Id: id = '' } = await fleet.create();
  old.obey(await old.command('create-session', id));
  await fleet.cut(old);
  const agent = renamed(fleet, old, 'n1');
  await agent.connect();
  expect(await fleet.describeAll()).toMatchObject([{ Id: id, State: 'READY', Server: { Id: 'n1' } }]);
  expect(agent.commands).toEqual([]);
});

it('starts a creation again that the host had not finished, and has one session in the end', async () => {
  await using fleet = await TestFleet.start();
  const old = await fleet.agent('s1');
  old.react = () => 'silence';
  const { Id: id = '' } = await fleet.create({ DisableRetryOnFailure: true });
  const command = await old.command('create-session', id);
  await fleet.cut(old);
  const agent = renamed(fleet, old, 'n1');
  await agent.connect();
  expect((await agent.command('create-session', id)).commandId).toBe(command.commandId);
  expect(await fleet.describeAll()).toMatchObject([{ Id: id, State: 'READY', Server: { Id: 'n1' } }]);
  expect(agent.sessions.size).toBe(1);
});

it('carries out a deletion that was asked for before the rename', async () => {
  await using fleet = await TestFleet.start();
  const old = await fleet.agent('s1');
  const { Id: id = '' } = await fleet.create();
  await fleet.describe(id);
  await fleet.cut(old);
  await fleet.delete(id);
  const agent = renamed(fleet, old, 'n1');
  await agent.connect();
  await agent.report();
  await fleet.rest();
  expect(agent.sessions.size).toBe(0);
  expect(await fleet.describe(id)).toMatchObject({ State: 'DELETED' });
});

it.each(['before', 'after'])(
  'closes the late session of an attempt that was given up there, finished %s the rename',
  async (when) => {
    await using fleet = await TestFleet.start({ properties: ['create-session-timeout-seconds = 20'] });
    const old = await fleet.agent('s1');
    old.react = () => 'silence';
    const { Id: id = '' } = await fleet.create();
    const command = await old.command('create-session', id);
    await fleet.agent('s2');
    await fleet.cut(old);
    await fleet.advance(60_000);
    expect(await fleet.describe(id)).toMatchObject({ State: 'READY', Server: { Id: 's2' } });
    await fleet.delete(id);
    expect(await fleet.describe(id)).toMatchObject({ State: 'DELETED' });

    if (when === 'before') old.obey(command);
    const agent = renamed(fleet, old, 'n1');
    await agent.connect();
    if (when === 'after') agent.obey(command);
    await agent.report();
    await fleet.rest();
    expect(await fleet.describe(id)).toMatchObject({ State: 'DELETED' });
    expect(agent.sessions.size).toBe(0);
  },
);

import type { Outcome, Session } from '@dcvsm/protocol';
import type { FakeAgent } from '@dcvsm/testkit';
import { TestFleet } from '../fleet/start-fleet.js';
import { LimitedClients, ownedBy, roomy, tagged } from './limited-clients.js';

const blue = tagged('pool', 'blue');
const clients = {
  limited: { restriction: blue },
  portal: {},
  narrower: { restriction: both() },
  other: { restriction: tagged('pool', 'red') },
};
const fails: Outcome = { kind: 'failed', reason: 'no such user: alice', sessionMissing: false };

function both(): { owners: null; serverTags: { key: string; value: string }[] } {
  return {
    owners: null,
    serverTags: [
      { key: 'pool', value: 'blue' },
      { key: 'gpu', value: 'yes' },
    ],
  };
}

const redHost = roomy({ key: 'pool', value: 'red' });
const blueHost = roomy({ key: 'pool', value: 'blue' });

function refusal(api: LimitedClients, client: string, fields: object = {}): Promise<string> {
  return api.create(client, fields).then(
    () => 'accepted',
    (error: unknown) => (error as Error).message,
  );
}

it('a limited client gets sessions on its servers only, and other servers are not counted in refusals', async () => {
  await using fleet = await TestFleet.start();
  await fleet.agent('red', redHost);
  await using api = await LimitedClients.start(fleet, clients);
  const none = 'No DCV server found for the given criteria';
  expect(await refusal(api, 'limited')).toBe(`${none}: no server is registered`);
  await fleet.agent('blue', {
    ...blueHost,
    limits: { maxVirtualSessions: 1, maxVirtualSessionsPerUser: -1 },
  });
  const created = await api.create('limited');
  expect(await fleet.describe(created.Id ?? '')).toMatchObject({ State: 'READY', Server: { Id: 'blue' } });
  expect(await refusal(api, 'limited')).toBe(`${none}: of 1 server, 1 full`);
  expect(await refusal(api, 'portal', { Requirements: "tag:pool = 'green'" })).toBe(
    `${none}: of 2 servers, 2 not meeting the requirements`,
  );
});

it('a limit may name a built-in tag', async () => {
  await using fleet = await TestFleet.start();
  await fleet.agent('some', { limits: { maxVirtualSessions: 3, maxVirtualSessionsPerUser: -1 } });
  await fleet.agent('many', { limits: { maxVirtualSessions: 4, maxVirtualSessionsPerUser: -1 } });
  const restriction = tagged('dcv:max-virtual-sessions', '4');
  await using api = await LimitedClients.start(fleet, { limited: { restriction } });
  for (let index = 0; index < 4; index += 1) await api.create('limited');
  expect((await fleet.describeAll()).map(({ Server }) => Server?.Id)).toEqual(Array(4).fill('many'));
});

it('what waits keeps to its limits, over a restart of the broker and when room appears elsewhere', async () => {
  const first = await TestFleet.start();
  const before = await LimitedClients.start(first, clients);
  const created = await before.create('limited', { EnqueueRequest: true });
  await before[Symbol.asyncDispose]();
  await first.stop();
  const { workingPath } = first;

  await using fleet = await TestFleet.start({ workingPath });
  await using api = await LimitedClients.start(fleet, clients);
  await fleet.agent('red', redHost);
  await fleet.advance(10_000);
  expect(await fleet.describe(created.Id ?? '')).toMatchObject({
    State: 'CREATING',
    Substate: 'SESSION_PLACING',
  });
  expect(await api.names('limited')).toEqual(['work']);
  expect(await api.names('other')).toEqual([]);
  await fleet.agent('blue', blueHost);
  expect(await fleet.describe(created.Id ?? '')).toMatchObject({ State: 'READY', Server: { Id: 'blue' } });
});

it('a retry keeps to the limits, also when only other servers are left', async () => {
  await using fleet = await TestFleet.start({
    properties: ['create-sessions-number-of-retries-on-failure = 3'],
  });
  const red = await fleet.agent('red', redHost);
  const blues = [await fleet.agent('blue-1', blueHost), await fleet.agent('blue-2', blueHost)];
  for (const agent of blues) agent.react = () => fails;
  await using api = await LimitedClients.start(fleet, clients);
  const created = await api.create('limited');
  expect(await fleet.describe(created.Id ?? '')).toMatchObject({ State: 'DELETED' });
  const tries = (agent: FakeAgent): number => agent.commands.length;
  expect([tries(red), blues.map(tries)]).toEqual([0, [2, 2]]);
});

it('what waits is seen by clients that may see every server it may go to', async () => {
  await using fleet = await TestFleet.start();
  await using api = await LimitedClients.start(fleet, clients);
  for (const client of ['limited', 'portal', 'narrower', 'other']) {
    await api.create(client, { Name: `of ${client}`, EnqueueRequest: true });
  }
  expect(await api.names('portal')).toEqual(['of limited', 'of narrower', 'of other', 'of portal']);
  expect(await api.names('limited')).toEqual(['of limited', 'of narrower']);
  expect(await api.names('narrower')).toEqual(['of narrower']);
  expect(await api.names('other')).toEqual(['of other']);
});

it('a session stays with what it was wanted for when its server is forgotten', async () => {
  await using fleet = await TestFleet.start({
    properties: [
      'seconds-before-deleting-unreachable-dcv-server = 60',
      'delete-session-duration-seconds = 86400',
    ],
  });
  const agent = await fleet.agent('blue', blueHost);
  await using api = await LimitedClients.start(fleet, clients);
  await api.create('limited', { Name: 'limited' });
  await api.create('portal', { Name: 'portal' });
  expect(await api.names('limited')).toEqual(['limited', 'portal']);
  await fleet.cut(agent);
  await fleet.advance(120_000);
  expect(await fleet.server('blue')).toBeUndefined();
  expect(await api.names('portal')).toEqual(['limited', 'portal']);
  expect(await api.names('limited')).toEqual(['limited']);
});

it('a session that was placed among all servers does not tell a limited client how many there are', async () => {
  await using fleet = await TestFleet.start();
  const agent = await fleet.agent('blue', blueHost);
  agent.react = async () => {
    await fleet.client.closeServers([{ ServerId: 'blue', Force: true }]);
    return fails;
  };
  await fleet.agent('red', { ...redHost, os: windows() });
  await using api = await LimitedClients.start(fleet, clients);
  const created = await api.create('portal');
  await fleet.rest();
  const seenBy = async (client: string): Promise<Session | undefined> => {
    const asked = { SessionIds: [created.Id] };
    return (await api.accepted<{ Sessions: Session[] }>(client, '/describeSessions', asked)).Sessions[0];
  };
  expect((await seenBy('portal'))?.StateReason).toContain('of 2 servers');
  expect(await seenBy('limited')).toMatchObject({ State: 'DELETED', Id: created.Id });
  expect(await seenBy('limited')).not.toHaveProperty('StateReason');
});

function windows(): { family: 'windows'; name: string; version: string } {
  return { family: 'windows', name: 'Windows Server', version: '2022' };
}

it('a client that is limited to owners creates for them only, and sees only them logged in', async () => {
  await using fleet = await TestFleet.start();
  const agent = await fleet.agent('s1');
  agent.load = { ...agent.load, loggedInUsers: ['alice', 'bob', 'carol'] };
  await agent.report();
  await using api = await LimitedClients.start(fleet, {
    limited: { restriction: ownedBy('alice', 'bob') },
    portal: {},
  });
  expect(await refusal(api, 'limited', { Owner: 'carol' })).toBe(
    'Owner: this API client may create sessions only for "alice", "bob"',
  );
  await api.create('portal', { Owner: 'carol', Name: 'of carol' });
  await api.create('limited', { Owner: 'bob', Name: 'of bob' });
  expect(await api.names('limited')).toEqual(['of bob']);
  const users = async (client: string): Promise<unknown> => {
    const { Servers } = await api.accepted<{ Servers: { Host: { LoggedInUsers: object[] } }[] }>(
      client,
      '/describeServers',
      {},
    );
    return Servers[0]?.Host.LoggedInUsers;
  };
  expect(await users('limited')).toEqual([{ Username: 'alice' }, { Username: 'bob' }]);
  expect(await users('portal')).toEqual([{ Username: 'alice' }, { Username: 'bob' }, { Username: 'carol' }]);
});

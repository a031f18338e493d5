import type { Server } from '@dcvsm/protocol';
import { hostSession } from '@dcvsm/testkit';
import { RulesFleet } from './rules-fleet.js';

let rules: RulesFleet;
beforeEach(async () => {
  rules = await RulesFleet.start();
});
afterEach(() => rules[Symbol.asyncDispose]());

async function server(): Promise<Server> {
  const [found] = (await rules.client.describeServers({ ServerIds: ['s1'] })).Servers;
  if (found === undefined) throw new Error('there is no server s1');
  return found;
}

it('rule 6: an available server has no UnavailabilityReason, not even an empty one', async () => {
  expect(await server()).not.toHaveProperty('UnavailabilityReason');
  await rules.client.closeServers([{ ServerId: 's1' }]);
  expect(await server()).toMatchObject({
    Availability: 'UNAVAILABLE',
    UnavailabilityReason: 'SERVER_CLOSED',
  });
  await rules.client.openServers([{ ServerId: 's1' }]);
  expect(await server()).not.toHaveProperty('UnavailabilityReason');
});

it('rule 6: a server that drains is SERVER_CLOSED, and its sessions go on', async () => {
  const id = await rules.readySession();
  await rules.client.closeServers([{ ServerId: 's1', Force: true }]);
  expect(await server()).toMatchObject({ UnavailabilityReason: 'SERVER_CLOSED', VirtualSessionCount: 1 });
  expect(await rules.fleet.describe(id)).toMatchObject({ State: 'READY' });
});

it('rule 6: Windows hosts with somebody logged in are EXISTING_LOGGED_IN_USER', async () => {
  rules.agent.facts = {
    ...rules.agent.facts,
    os: { family: 'windows', name: 'W', version: '11', buildNumber: '1' },
  };
  rules.agent.load = { ...rules.agent.load, loggedInUsers: ['Administrator'] };
  await rules.agent.report();
  expect(await server()).toMatchObject({
    UnavailabilityReason: 'EXISTING_LOGGED_IN_USER',
    Host: { Os: { Family: 'windows', BuildNumber: '1' }, LoggedInUsers: [{ Username: 'Administrator' }] },
  });
});

it('rule 6: endpoints and types are written as published, whatever case the request had', async () => {
  expect((await server()).Endpoints?.map(({ Protocol }) => Protocol)).toEqual(['HTTP', 'QUIC']);
  const answer = await rules.accepted('/createSessions', [{ Name: 'n', Owner: 'alice', Type: 'virtual' }]);
  expect(answer).toMatchObject({ SuccessfulList: [{ Type: 'VIRTUAL' }] });
  const none = { Name: 'n', Owner: 'alice', Type: 'Console', Requirements: "tag:color = 'blue'" };
  expect(await rules.accepted('/createSessions', [none])).toMatchObject({
    UnsuccessfulList: [{ CreateSessionRequestData: { Type: 'CONSOLE' } }],
  });
});

it("rule 7: a server's port is text, an endpoint's a whole number; counts, sizes and loads are numbers", async () => {
  rules.agent.facts = { ...rules.agent.facts, memoryTotalBytes: 16_000_000_000.4 };
  rules.agent.load = { ...rules.agent.load, memoryUsedBytes: 5_000_000_000.6 };
  await rules.agent.report();
  expect(await server()).toMatchObject({
    Port: '8443',
    Endpoints: [{ Port: 8443, WebUrlPath: '/' }, { Port: 8443 }],
    ConsoleSessionCount: 0,
    VirtualSessionCount: 0,
    Host: {
      Memory: { TotalBytes: 16_000_000_000, UsedBytes: 5_000_000_001 },
      CpuLoadAverage: { OneMinute: 0.5, FiveMinutes: 0.4, FifteenMinutes: 0.3 },
      CpuInfo: { NumberOfCpus: 8, PhysicalCoresPerCpu: 4 },
    },
  });
  expect((await server()).Endpoints?.[1]).not.toHaveProperty('WebUrlPath');
});

it('rule 8: dates have a zone, and are absent instead of empty', async () => {
  const id = await rules.readySession();
  const session = await rules.fleet.describe(id);
  expect(session?.CreationTime).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  expect(session).not.toHaveProperty('LastDisconnectionTime');
  const times = { createdAt: '2020-11-19T10:00:00+01:00', lastDisconnectedAt: '2020-11-19T09:30:00.123Z' };
  rules.agent.sessions.set('local', hostSession('local', times));
  await rules.agent.report();
  expect(await rules.fleet.describe('local')).toMatchObject({
    CreationTime: '2020-11-19T09:00:00.000Z',
    LastDisconnectionTime: '2020-11-19T09:30:00.123Z',
  });
});

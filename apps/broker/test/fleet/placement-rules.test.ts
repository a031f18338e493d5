import type { HostFacts } from '@dcvsm/protocol';
import { hostFacts, hostLoad } from '@dcvsm/testkit';
import { TestFleet } from './start-fleet.js';

const NONE = 'No DCV server found for the given criteria';
const windows: Partial<HostFacts> = {
  os: { family: 'windows', name: 'Windows Server 2022', version: '10.0', buildNumber: '20348' },
};

describe('console and virtual sessions', () => {
  it('never share a host, in either order', async () => {
    await using fleet = await TestFleet.start();
    await fleet.agent('s1');
    const virtual = await fleet.create();
    await fleet.describe(virtual.Id);
    expect(await fleet.refusal({ Type: 'CONSOLE' })).toBe(
      `${NONE}: of 1 server, 1 with virtual sessions, which exclude a console session`,
    );
    await fleet.delete(virtual.Id ?? '');
    await fleet.describe(virtual.Id);
    const screen = await fleet.create({ Type: 'CONSOLE' });
    expect(await fleet.describe(screen.Id)).toMatchObject({ State: 'READY', Type: 'CONSOLE' });
    expect(await fleet.refusal()).toBe(`${NONE}: of 1 server, 1 with a console session`);
    expect(await fleet.refusal({ Type: 'CONSOLE' })).toBe(`${NONE}: of 1 server, 1 with a console session`);
    expect(await fleet.server('s1')).toMatchObject({
      Availability: 'UNAVAILABLE',
      UnavailabilityReason: 'SERVER_FULL',
      ConsoleSessionCount: 1,
      VirtualSessionCount: 0,
    });
  });

  it('exclude each other already while the first is being created', async () => {
    await using fleet = await TestFleet.start();
    const agent = await fleet.agent('s1');
    agent.react = () => 'silence';
    await fleet.create({ Type: 'CONSOLE' });
    expect(await fleet.refusal()).toBe(`${NONE}: of 1 server, 1 with a console session`);
  });
});

describe('limits', () => {
  it('of a server count all owners', async () => {
    await using fleet = await TestFleet.start();
    await fleet.agent('s1', { limits: { maxVirtualSessions: 2, maxVirtualSessionsPerUser: -1 } });
    await fleet.create();
    await fleet.create({ Owner: 'bob' });
    expect(await fleet.refusal({ Owner: 'carol' })).toBe(`${NONE}: of 1 server, 1 full`);
    expect(await fleet.server('s1')).toMatchObject({ UnavailabilityReason: 'SERVER_FULL' });
  });

  it('of a user count that user on each server', async () => {
    await using fleet = await TestFleet.start();
    const limits = { maxVirtualSessions: -1, maxVirtualSessionsPerUser: 1 };
    await fleet.agent('s1', { limits });
    await fleet.agent('s2', { limits });
    const placed = await fleet.createMany(2);
    expect(placed.SuccessfulList).toHaveLength(2);
    expect(await fleet.refusal()).toBe(`${NONE}: of 2 servers, 2 at the user's session limit`);
    await fleet.create({ Owner: 'bob' });
  });

  it('of zero allow no virtual session, but a console one', async () => {
    await using fleet = await TestFleet.start();
    await fleet.agent('s1', { limits: { maxVirtualSessions: 0, maxVirtualSessionsPerUser: -1 } });
    expect(await fleet.refusal()).toBe(`${NONE}: of 1 server, 1 full`);
    expect(await fleet.server('s1')).toMatchObject({ Availability: 'AVAILABLE' });
    await fleet.create({ Type: 'CONSOLE' });
  });

  it('that the host changes hold from its next report on, for waiting requests too', async () => {
    await using fleet = await TestFleet.start();
    const limits = { maxVirtualSessions: 1, maxVirtualSessionsPerUser: -1 };
    const agent = await fleet.agent('s1', { limits });
    await fleet.create();
    const waiting = await fleet.create({ EnqueueRequest: true });
    agent.facts = hostFacts({ limits: { ...limits, maxVirtualSessions: 2 } });
    await agent.report();
    expect(await fleet.describe(waiting.Id)).toMatchObject({ State: 'READY' });
  });
});

describe('Windows hosts', () => {
  it('take a console session and no virtual one', async () => {
    await using fleet = await TestFleet.start();
    await fleet.agent('s1', windows);
    expect(await fleet.refusal()).toBe(
      `${NONE}: of 1 server, 1 whose operating system does not allow the session type`,
    );
    expect((await fleet.server('s1'))?.Tags).toContainEqual({ Key: 'dcv:max-virtual-sessions', Value: '0' });
    await fleet.create({ Type: 'CONSOLE', AutorunFile: 'start.bat' });
  });

  it('take no session while somebody else is logged in', async () => {
    await using fleet = await TestFleet.start();
    const agent = await fleet.agent('s1', windows);
    agent.load = hostLoad({ loggedInUsers: ['administrator'] });
    await agent.report();
    expect(await fleet.refusal({ Type: 'CONSOLE' })).toBe(`${NONE}: of 1 server, 1 with a logged-in user`);
    expect(await fleet.server('s1')).toMatchObject({ UnavailabilityReason: 'EXISTING_LOGGED_IN_USER' });
  });
});

it('refuses an autorun file for a console session on Linux', async () => {
  await using fleet = await TestFleet.start();
  await fleet.agent('s1');
  expect(await fleet.refusal({ Type: 'CONSOLE', AutorunFile: 'start.sh' })).toBe(
    `${NONE}: of 1 server, 1 that cannot run an autorun file in a console session`,
  );
});

describe('requirements', () => {
  it('choose by tags, and the built-in ones cannot be set by a host', async () => {
    await using fleet = await TestFleet.start();
    await fleet.agent('s1', {
      tags: [
        { key: 'color', value: 'blue' },
        { key: 'dcv:os-family', value: 'beos' },
      ],
    });
    await fleet.agent('s2', { tags: [{ key: 'color', value: 'pink' }] });
    const created = await fleet.create({ Requirements: "tag:color = 'pink' and tag:dcv:os-family='linux'" });
    expect(await fleet.describe(created.Id)).toMatchObject({ Server: { Id: 's2' } });
    expect(await fleet.refusal({ Requirements: "tag:dcv:os-family = 'beos'" })).toBe(
      `${NONE}: of 2 servers, 2 not meeting the requirements`,
    );
  });

  it('choose by properties, known and changing', async () => {
    await using fleet = await TestFleet.start();
    const aws = { region: 'eu-1a', instanceType: 'g5.xlarge', instanceId: 'i-1', imageId: 'ami-1' };
    const agent = await fleet.agent('s1', { aws });
    await fleet.agent('s2', { memoryTotalBytes: 1_000_000 });
    const on = async (Requirements: string): Promise<string | undefined> =>
      (await fleet.describe((await fleet.create({ Requirements })).Id))?.Server?.Id;
    expect(await on("server:Host.Aws.Ec2InstanceId = 'i-1'")).toBe('s1');
    expect(await on("server:Id = 's2'")).toBe('s2');
    expect(await on('server:Host.Memory.TotalBytes < 1024E6')).toBe('s2');
    expect(await on("not server:Hostname := '2'")).toBe('s1');
    agent.load = hostLoad({ memoryUsedBytes: 15_000_000_000 });
    await agent.report();
    expect(await on('server:Host.Memory.UsedBytes >= 15E9')).toBe('s1');
  });
});

it('counts every reason of a refusal in the order in which it looks', async () => {
  await using fleet = await TestFleet.start();
  await fleet.agent('s1', { tags: [{ key: 'color', value: 'blue' }] });
  const gone = await fleet.agent('s2');
  await fleet.agent('s3');
  const sick = await fleet.agent('s4');
  await fleet.agent('s5', windows);
  await fleet.agent('s6', { limits: { maxVirtualSessions: 0, maxVirtualSessionsPerUser: -1 } });
  await fleet.client.closeServers([{ ServerId: 's3' }]);
  sick.dcvProblem = 'dcv does not answer';
  await sick.report();
  await gone.disconnect();
  await fleet.rest();
  expect(await fleet.refusal({ Requirements: "not tag:color = 'blue'" })).toBe(
    `${NONE}: of 6 servers, 1 not meeting the requirements, 1 unreachable, 1 closed, ` +
      '1 with an unhealthy DCV server, 1 whose operating system does not allow the session type, 1 full',
  );
});

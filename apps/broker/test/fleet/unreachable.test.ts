import { hostSession } from '@dcvsm/testkit';
import { TestFleet } from './start-fleet.js';

describe('a server whose link ends', () => {
  it('is UNREACHABLE_AGENT at once and gets no placement', async () => {
    await using fleet = await TestFleet.start();
    const agent = await fleet.agent('s1');
    await fleet.cut(agent);
    expect(await fleet.server('s1')).toMatchObject({
      Availability: 'UNAVAILABLE',
      UnavailabilityReason: 'UNREACHABLE_AGENT',
    });
    expect(await fleet.refusal()).toContain('of 1 server, 1 unreachable');
  });

  it('has UNKNOWN sessions after the lease, which are READY again when it is back', async () => {
    await using fleet = await TestFleet.start();
    const agent = await fleet.agent('s1');
    const created = await fleet.create();
    await fleet.describe(created.Id);
    await fleet.cut(agent);
    await fleet.advance(25_000);
    expect(await fleet.describe(created.Id)).toMatchObject({ State: 'READY' });
    await fleet.advance(10_000);
    expect(await fleet.describe(created.Id)).toMatchObject({
      State: 'UNKNOWN',
      StateReason: 'Its server is unreachable',
    });
    await agent.connect();
    const back = await fleet.describe(created.Id);
    expect(back).toMatchObject({ State: 'READY', Server: { Id: 's1' } });
    expect(back).not.toHaveProperty('StateReason');
  });

  it('is dropped with its sessions after the configured time', async () => {
    await using fleet = await TestFleet.start({
      properties: ['seconds-before-deleting-unreachable-dcv-server = 60'],
    });
    const agent = await fleet.agent('s1');
    const created = await fleet.create();
    await fleet.describe(created.Id);
    await fleet.cut(agent);
    await fleet.advance(55_000);
    expect(await fleet.server('s1')).toBeDefined();
    await fleet.advance(10_000);
    expect(await fleet.server('s1')).toBeUndefined();
    expect(await fleet.describe(created.Id)).toMatchObject({
      State: 'DELETED',
      StateReason: expect.stringMatching(/^its server was unreachable for 6\d s$/),
    });
    await agent.connect();
    expect(await fleet.describe(created.Id)).toMatchObject({ State: 'READY', Server: { Id: 's1' } });
    expect(await fleet.server('s1')).toMatchObject({ VirtualSessionCount: 1, Availability: 'AVAILABLE' });
  });

  it('loses its sessions earlier if that is configured, and stays', async () => {
    await using fleet = await TestFleet.start({
      properties: ['seconds-before-deleting-sessions-unreachable-server = 40'],
    });
    const agent = await fleet.agent('s1');
    const created = await fleet.create();
    await fleet.describe(created.Id);
    await fleet.cut(agent);
    await fleet.advance(50_000);
    expect(await fleet.describe(created.Id)).toMatchObject({ State: 'DELETED' });
    expect(await fleet.server('s1')).toMatchObject({ VirtualSessionCount: 0 });
  });

  it('has a creation in progress tried elsewhere after deadline and lease, and its late session closed', async () => {
    await using fleet = await TestFleet.start();
    const lost = await fleet.agent('s1');
    lost.react = () => 'silence';
    const created = await fleet.create();
    const command = await lost.command('create-session', created.Id);
    const other = await fleet.agent('s2');
    await fleet.cut(lost);
    lost.obey(command);
    await fleet.advance(130_000);
    expect(await fleet.describe(created.Id)).toMatchObject({ State: 'READY', Server: { Id: 's2' } });
    lost.react = (message) => lost.obey(message);
    await lost.connect();
    await fleet.rest();
    expect(lost.sessions.size).toBe(0);
    expect(other.sessions.size).toBe(1);
    expect(await fleet.describeAll()).toMatchObject([{ State: 'READY', Server: { Id: 's2' } }]);
  });

  it('does not keep the outcome of a creation that ended while it was away', async () => {
    await using fleet = await TestFleet.start();
    const agent = await fleet.agent('s1');
    agent.react = () => 'silence';
    const created = await fleet.create();
    const command = await agent.command('create-session', created.Id);
    await fleet.cut(agent);
    agent.obey(command);
    agent.react = (message) => agent.obey(message);
    await agent.connect();
    expect(await fleet.describe(created.Id)).toMatchObject({ State: 'READY', Server: { Id: 's1' } });
    expect(agent.sessions.size).toBe(1);
  });

  it('gets a command again that was lost with the link', async () => {
    await using fleet = await TestFleet.start();
    const agent = await fleet.agent('s1');
    agent.react = () => 'silence';
    const created = await fleet.create();
    const lost = await agent.command('create-session', created.Id);
    await fleet.cut(agent);
    agent.commands.length = 0;
    agent.react = (message) => agent.obey(message);
    await agent.connect();
    const again = await agent.command('create-session', created.Id);
    expect(again.commandId).toBe(lost.commandId);
    expect(await fleet.describe(created.Id)).toMatchObject({ State: 'READY' });
  });
});

it('finds a hanging agent within the lease and a heartbeat', async () => {
  await using fleet = await TestFleet.start();
  const agent = await fleet.agent('s1');
  await fleet.advance(60_000);
  expect(await fleet.server('s1')).toMatchObject({ Availability: 'AVAILABLE' });
  agent.frozen = true;
  await fleet.advance(40_000);
  expect(await fleet.server('s1')).toMatchObject({ UnavailabilityReason: 'UNREACHABLE_AGENT' });
});

describe('deleting on an unreachable server', () => {
  it('without Force waits until the server is back', async () => {
    await using fleet = await TestFleet.start();
    const agent = await fleet.agent('s1');
    const created = await fleet.create();
    await fleet.describe(created.Id);
    await fleet.cut(agent);
    await fleet.delete(created.Id ?? '');
    await fleet.advance(120_000);
    expect(await fleet.describe(created.Id)).toMatchObject({ State: 'DELETING' });
    await agent.connect();
    expect(await fleet.describe(created.Id)).toMatchObject({ State: 'DELETED' });
    expect(agent.sessions.size).toBe(0);
  });

  it('without Force is carried out even if the server was dropped meanwhile', async () => {
    await using fleet = await TestFleet.start({
      properties: ['seconds-before-deleting-unreachable-dcv-server = 60'],
    });
    const agent = await fleet.agent('s1');
    const created = await fleet.create();
    await fleet.describe(created.Id);
    await fleet.cut(agent);
    await fleet.delete(created.Id ?? '');
    await fleet.advance(70_000);
    expect(await fleet.describe(created.Id)).toMatchObject({ State: 'DELETED' });
    await agent.connect();
    await fleet.rest();
    expect(agent.sessions.size).toBe(0);
    expect(await fleet.describeAll()).toMatchObject([{ State: 'DELETED' }]);
  });

  it('with Force removes the record at once; what still lives shows up again', async () => {
    await using fleet = await TestFleet.start();
    const agent = await fleet.agent('s1');
    const created = await fleet.create();
    await fleet.describe(created.Id);
    await fleet.cut(agent);
    const answer = await fleet.client.deleteSessions([
      { SessionId: created.Id, Owner: 'alice', Force: true },
    ]);
    expect(answer.SuccessfulList).toEqual([{ SessionId: created.Id, State: 'DELETED' }]);
    await agent.connect();
    expect(await fleet.describe(created.Id)).toMatchObject({ State: 'READY', Server: { Id: 's1' } });
  });

  it('with Force ends with the sending that is on its way without it', async () => {
    await using fleet = await TestFleet.start();
    const agent = await fleet.agent('s1');
    const created = await fleet.create();
    await fleet.describe(created.Id);
    agent.react = () => 'silence';
    await fleet.delete(created.Id ?? '');
    await fleet.delete(created.Id ?? '', { Force: true });
    await fleet.advance(60_000);
    expect(await fleet.describe(created.Id)).toMatchObject({
      State: 'DELETED',
      StateReason: 'Deletion forced; its server could not confirm it: timed-out',
    });
  });

  it.each([
    ['was READY', true],
    ['was made on its host', false],
  ])('without Force and then with it is carried out when the server is back, if it %s', async (_, ours) => {
    await using fleet = await TestFleet.start();
    const agent = await fleet.agent('s1');
    if (!ours) agent.sessions.set('local', hostSession('local', { owner: 'alice' }));
    await agent.report();
    const id = ours ? ((await fleet.create()).Id ?? '') : 'local';
    await fleet.rest();
    await fleet.cut(agent);
    await fleet.delete(id);
    await fleet.delete(id, { Force: true });
    expect(await fleet.describe(id)).toMatchObject({ State: 'DELETED' });
    await agent.connect();
    await fleet.rest();
    expect(agent.sessions.size).toBe(0);
    expect(await fleet.describe(id)).toMatchObject({ State: 'DELETED' });
  });

  it('of what was never READY closes it when the server is back, also with Force', async () => {
    await using fleet = await TestFleet.start();
    const agent = await fleet.agent('s1');
    agent.react = () => 'silence';
    const created = await fleet.create();
    const command = await agent.command('create-session', created.Id);
    await fleet.cut(agent);
    agent.obey(command);
    agent.react = (message) => agent.obey(message);
    await fleet.rest();
    await fleet.delete(created.Id ?? '', { Force: true });
    await agent.connect();
    await fleet.rest();
    expect(agent.sessions.size).toBe(0);
    expect(await fleet.describe(created.Id)).toMatchObject({ State: 'DELETED' });
  });
});

it('shows deleted sessions for the configured time, then forgets them', async () => {
  await using fleet = await TestFleet.start({ properties: ['delete-session-duration-seconds = 30'] });
  await fleet.agent('s1');
  const created = await fleet.create();
  await fleet.describe(created.Id);
  await fleet.delete(created.Id ?? '');
  await fleet.advance(25_000);
  expect(await fleet.describe(created.Id)).toMatchObject({ State: 'DELETED' });
  await fleet.advance(15_000);
  expect(await fleet.describe(created.Id)).toBeUndefined();
});

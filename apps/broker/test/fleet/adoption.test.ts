import { hostSession } from '@dcvsm/testkit';
import { TestFleet } from './start-fleet.js';

const screen = hostSession('console', { name: '', type: 'CONSOLE', owner: 'alice' });

describe('a session made locally on its host', () => {
  it('is shown with its own id and name, also when two hosts use the same id', async () => {
    await using fleet = await TestFleet.start();
    for (const id of ['s1', 's2']) {
      const agent = fleet.newAgent(id);
      agent.sessions.set('console', { ...screen, connections: 2 });
      await agent.connect();
    }
    const sessions = await fleet.describeAll();
    expect(sessions).toHaveLength(2);
    for (const id of ['s1', 's2']) {
      const here = sessions.find(({ Server }) => Server?.Id === id);
      expect(here).toMatchObject({ Id: 'console', Name: '', State: 'READY', NumOfConnections: 2 });
      expect(await fleet.server(id)).toMatchObject({
        ConsoleSessionCount: 1,
        UnavailabilityReason: 'SERVER_FULL',
      });
    }
    expect(await fleet.refusal()).toContain('of 2 servers, 2 with a console session');
  });

  it('is DELETED when its host stops listing it, and the room is free again', async () => {
    await using fleet = await TestFleet.start();
    const agent = await fleet.agent('s1');
    agent.sessions.set('console', screen);
    await agent.report();
    const waiting = await fleet.create({ EnqueueRequest: true });
    agent.sessions.delete('console');
    await agent.report();
    expect(await fleet.describe('console')).toMatchObject({
      State: 'DELETED',
      StateReason: 'No longer exists on its server',
    });
    expect(await fleet.describe(waiting.Id)).toMatchObject({ State: 'READY' });
  });

  it('can be pictured, connected to and deleted like any other', async () => {
    await using fleet = await TestFleet.start();
    const agent = await fleet.agent('s1');
    agent.sessions.set('console', screen);
    await agent.report();
    const pictures = await fleet.client.getSessionScreenshots([{ SessionId: 'console' }]);
    expect(pictures.SuccessfulList).toHaveLength(1);
    const data = await fleet.client.GetSessionConnectionData({ sessionId: 'console', user: 'alice' });
    expect(data.Session?.Server?.Id).toBe('s1');
    await fleet.delete('console');
    expect(await fleet.describe('console')).toMatchObject({ State: 'DELETED' });
    expect(agent.sessions.size).toBe(0);
  });
});

describe('a session recreated locally under an id of the broker', () => {
  it('is READY again after it had been deleted', async () => {
    await using fleet = await TestFleet.start();
    const agent = await fleet.agent('s1');
    const { Id: id = '' } = await fleet.create();
    await fleet.describe(id);
    await fleet.delete(id);
    expect(await fleet.describe(id)).toMatchObject({ State: 'DELETED' });
    agent.sessions.set(id, hostSession(id));
    await agent.report();
    const sessions = await fleet.describeAll();
    expect(sessions).toMatchObject([{ Id: id, State: 'READY', Server: { Id: 's1' } }]);
    expect(sessions[0]).not.toHaveProperty('StateReason');
    expect(await fleet.server('s1')).toMatchObject({ VirtualSessionCount: 1 });
  });

  it('is READY again after its host had been away, also on another host', async () => {
    await using fleet = await TestFleet.start();
    const first = await fleet.agent('s1');
    const { Id: id = '' } = await fleet.create();
    await fleet.describe(id);
    await fleet.cut(first);
    await fleet.advance(40_000);
    expect(await fleet.describe(id)).toMatchObject({ State: 'UNKNOWN' });
    const second = await fleet.agent('s2');
    second.sessions.set(id, hostSession(id));
    await second.report();
    expect(await fleet.describe(id)).toMatchObject({ State: 'READY', Server: { Id: 's2' } });
    // The first host still had it: one of the two must go.
    await first.connect();
    await fleet.rest();
    expect(first.sessions.size).toBe(0);
    expect(await fleet.describeAll()).toMatchObject([{ Id: id, State: 'READY', Server: { Id: 's2' } }]);
  });

  it('is shown under its id also when the broker has forgotten it', async () => {
    await using fleet = await TestFleet.start({ properties: ['delete-session-duration-seconds = 0'] });
    const agent = await fleet.agent('s1');
    const { Id: id = '' } = await fleet.create();
    await fleet.describe(id);
    await fleet.delete(id);
    await fleet.advance(10_000);
    expect(await fleet.describe(id)).toBeUndefined();
    agent.sessions.set(id, hostSession(id));
    await agent.report();
    expect(await fleet.describe(id)).toMatchObject({ Id: id, State: 'READY', Server: { Id: 's1' } });
  });
});

describe('a host whose DCV server does not work', () => {
  it('is UNHEALTHY_DCV_SERVER and loses no session', async () => {
    await using fleet = await TestFleet.start();
    const agent = await fleet.agent('s1');
    const created = await fleet.create();
    await fleet.describe(created.Id);
    agent.dcvProblem = 'the dcv command does not answer';
    await agent.report();
    expect(await fleet.server('s1')).toMatchObject({
      UnavailabilityReason: 'UNHEALTHY_DCV_SERVER',
      VirtualSessionCount: 1,
    });
    await fleet.advance(10_000);
    expect(await fleet.describe(created.Id)).toMatchObject({
      State: 'UNKNOWN',
      StateReason: 'Its DCV server is unhealthy: the dcv command does not answer',
    });
    agent.dcvProblem = null;
    await agent.report();
    expect(await fleet.describe(created.Id)).toMatchObject({ State: 'READY' });
    expect(await fleet.server('s1')).toMatchObject({ Availability: 'AVAILABLE' });
  });

  it('serves what waits as soon as it works again', async () => {
    await using fleet = await TestFleet.start();
    const agent = fleet.newAgent('s1');
    agent.dcvProblem = 'dcvserver is not running';
    await agent.connect();
    const waiting = await fleet.create({ EnqueueRequest: true });
    agent.dcvProblem = null;
    await agent.report();
    expect(await fleet.describe(waiting.Id)).toMatchObject({ State: 'READY' });
  });
});

it('reports sessions that a restart of DCV ended as DELETED, with a reason', async () => {
  await using fleet = await TestFleet.start();
  const agent = await fleet.agent('s1');
  const answer = await fleet.createMany(3);
  await fleet.rest();
  agent.sessions.clear();
  await agent.report();
  const sessions = await fleet.describeAll();
  expect(sessions).toHaveLength(answer.SuccessfulList.length);
  for (const session of sessions) {
    expect(session).toMatchObject({ State: 'DELETED', StateReason: 'No longer exists on its server' });
  }
  expect(await fleet.server('s1')).toMatchObject({ VirtualSessionCount: 0 });
});

import { TestFleet } from './start-fleet.js';

it('places nothing on a closed server, and again when it is opened', async () => {
  await using fleet = await TestFleet.start();
  await fleet.agent('s1');
  expect(await fleet.client.closeServers([{ ServerId: 's1' }])).toMatchObject({
    SuccessfulList: [{ ServerId: 's1' }],
    UnsuccessfulList: [],
  });
  expect(await fleet.server('s1')).toMatchObject({
    Availability: 'UNAVAILABLE',
    UnavailabilityReason: 'SERVER_CLOSED',
  });
  expect(await fleet.refusal()).toContain('of 1 server, 1 closed');
  const waiting = await fleet.create({ EnqueueRequest: true });
  expect(await fleet.describe(waiting.Id)).toMatchObject({ State: 'CREATING' });
  await fleet.client.openServers([{ ServerId: 's1' }]);
  expect(await fleet.describe(waiting.Id)).toMatchObject({ State: 'READY' });
});

it('closes a server with sessions only with Force, and the sessions go on', async () => {
  await using fleet = await TestFleet.start();
  const agent = await fleet.agent('s1');
  const created = await fleet.create();
  const refused = await fleet.client.closeServers([{ ServerId: 's1' }]);
  expect(refused.UnsuccessfulList).toMatchObject([
    { FailureCode: 'DCV_SERVER_HAS_SESSIONS', FailureReason: expect.stringContaining('1 session') },
  ]);
  expect(await fleet.server('s1')).toMatchObject({ Availability: 'AVAILABLE' });

  const closed = await fleet.client.closeServers([{ ServerId: 's1', Force: true }]);
  expect(closed.SuccessfulList).toEqual([{ ServerId: 's1' }]);
  await agent.report();
  expect(await fleet.describe(created.Id)).toMatchObject({ State: 'READY' });
  expect(agent.sessions.size).toBe(1);
});

it('counts a session that is still being created when a server is to be closed', async () => {
  await using fleet = await TestFleet.start();
  const agent = await fleet.agent('s1');
  agent.react = () => 'silence';
  const [created, closed] = await Promise.all([
    fleet.create(),
    fleet.client.closeServers([{ ServerId: 's1' }]),
  ]).catch(() => [null, null]);
  // Whichever came first: never both a closed server and a session that slipped in.
  const server = await fleet.server('s1');
  const isClosed = server?.UnavailabilityReason === 'SERVER_CLOSED';
  expect(isClosed).toBe(closed === null || closed.SuccessfulList.length === 1);
  if (created !== null) expect(isClosed).toBe(false);
});

it('stays closed when an unforced closing that is refused and a forced one come at once', async () => {
  await using fleet = await TestFleet.start();
  await fleet.agent('s1');
  await fleet.create();
  const [unforced, forced] = await Promise.all([
    fleet.broker.fleet.closeServer('s1', false),
    fleet.broker.fleet.closeServer('s1', true),
  ]);
  expect(unforced).toMatchObject({ kind: 'refused' });
  expect(forced).toEqual({ kind: 'changed' });
  expect(await fleet.server('s1')).toMatchObject({ UnavailabilityReason: 'SERVER_CLOSED' });
});

it('answers DCV_SERVER_NOT_FOUND for servers it does not know', async () => {
  await using fleet = await TestFleet.start();
  const expected = [{ FailureCode: 'DCV_SERVER_NOT_FOUND', FailureReason: 'Dcv server not found.' }];
  expect((await fleet.client.closeServers([{ ServerId: 's9' }])).UnsuccessfulList).toMatchObject(expected);
  expect((await fleet.client.openServers([{ ServerId: 's9' }])).UnsuccessfulList).toMatchObject(expected);
});

it('keeps the gate when agent and broker start again', async () => {
  const first = await TestFleet.start();
  const { workingPath } = first;
  const agent = await first.agent('s1');
  await first.client.closeServers([{ ServerId: 's1' }]);
  await agent.disconnect();
  await agent.connect();
  expect(await first.server('s1')).toMatchObject({ UnavailabilityReason: 'SERVER_CLOSED' });
  await first.stop();

  await using second = await TestFleet.start({ workingPath });
  await second.agent('s1');
  expect(await second.server('s1')).toMatchObject({ UnavailabilityReason: 'SERVER_CLOSED' });
});

it('keeps the gate that was set in the very moment in which the agent linked', async () => {
  await using fleet = await TestFleet.start({ properties: ['store = sqlite'] });
  const agent = await fleet.agent('s1');
  for (let round = 0; round < 5; round += 1) {
    await agent.disconnect();
    await Promise.all([agent.connect(), fleet.broker.fleet.closeServer('s1', true)]);
    expect(await fleet.server('s1')).toMatchObject({ UnavailabilityReason: 'SERVER_CLOSED' });
    await fleet.broker.fleet.openServer('s1');
  }
});

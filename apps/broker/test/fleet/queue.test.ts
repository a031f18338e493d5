import type { Session } from '@dcvsm/protocol';
import { TestFleet } from './start-fleet.js';

const tenSlots = { limits: { maxVirtualSessions: 10, maxVirtualSessionsPerUser: -1 } };
const oneSlot = { limits: { maxVirtualSessions: 1, maxVirtualSessionsPerUser: -1 } };

function idsIn(sessions: readonly Session[], state: string): string[] {
  return sessions.filter(({ State }) => State === state).map(({ Id }) => Id ?? '');
}

it('places what fits of 50 requests at once, and lets the oldest waiting one in with each deletion', async () => {
  await using fleet = await TestFleet.start();
  await fleet.agent('s1', tenSlots);
  await fleet.agent('s2', tenSlots);

  const answer = await fleet.createMany(50, { EnqueueRequest: true });
  expect(answer.UnsuccessfulList).toEqual([]);
  const asked = answer.SuccessfulList.map(({ Id }) => Id ?? '');
  const sessions = await fleet.describeAll();
  expect(new Set(idsIn(sessions, 'READY'))).toEqual(new Set(asked.slice(0, 20)));
  const waiting = sessions.filter(({ State }) => State === 'CREATING');
  expect(waiting).toHaveLength(30);
  expect(
    waiting.every(({ Substate, Server }) => Substate === 'SESSION_PLACING' && Server === undefined),
  ).toBe(true);

  for (let served = 20; served < 23; served += 1) {
    await fleet.delete(asked[served - 20] ?? '');
    const ready = idsIn(await fleet.describeAll(), 'READY');
    expect(new Set(ready)).toEqual(new Set(asked.slice(served - 19, served + 1)));
  }
});

it('refuses further requests while the queue is full, with the reason', async () => {
  await using fleet = await TestFleet.start({ properties: ['create-sessions-queue-max-size = 3'] });
  const answer = await fleet.createMany(5, { EnqueueRequest: true });
  expect(answer.SuccessfulList).toHaveLength(3);
  expect(answer.UnsuccessfulList.map(({ FailureReason }) => FailureReason)).toEqual([
    'No DCV server found for the given criteria: no server is registered; and the queue is full with 3 requests',
    'No DCV server found for the given criteria: no server is registered; and the queue is full with 3 requests',
  ]);
});

it('gives a queued request up when its time is over, and never serves it afterwards', async () => {
  await using fleet = await TestFleet.start({ properties: ['create-sessions-queue-max-time-seconds = 60'] });
  const created = await fleet.create({ EnqueueRequest: true });
  await fleet.advance(59_000);
  expect(await fleet.describe(created.Id)).toMatchObject({ State: 'CREATING', Substate: 'SESSION_PLACING' });
  await fleet.advance(6_000);
  expect(await fleet.describe(created.Id)).toMatchObject({
    State: 'DELETED',
    StateReason: expect.stringMatching(/^Gave up after 6\d s in the queue.*no server is registered$/),
  });
  const agent = await fleet.agent('s1');
  await fleet.advance(10_000);
  expect(agent.commands).toEqual([]);
});

it('serves at once what was queued before any server was there', async () => {
  await using fleet = await TestFleet.start();
  const created = await fleet.create({ EnqueueRequest: true });
  await fleet.agent('s1');
  expect(await fleet.describe(created.Id)).toMatchObject({ State: 'READY', Server: { Id: 's1' } });
});

it('does not let a request that fits nowhere hold up the others', async () => {
  await using fleet = await TestFleet.start();
  const agent = await fleet.agent('s1', oneSlot);
  const first = await fleet.create();
  const hopeless = await fleet.create({ EnqueueRequest: true, Requirements: "tag:color = 'pink'" });
  const next = await fleet.create({ EnqueueRequest: true });
  await agent.command('create-session', first.Id);
  await fleet.delete(first.Id ?? '');
  expect(await fleet.describe(next.Id)).toMatchObject({ State: 'READY' });
  expect(await fleet.describe(hopeless.Id)).toMatchObject({
    State: 'CREATING',
    StateReason: 'No DCV server found for the given criteria: of 1 server, 1 not meeting the requirements',
  });
});

it('forgets a queued request that is deleted, without a command to any host', async () => {
  await using fleet = await TestFleet.start();
  const created = await fleet.create({ EnqueueRequest: true });
  const answer = await fleet.client.deleteSessions([{ SessionId: created.Id, Owner: 'alice' }]);
  expect(answer.SuccessfulList).toEqual([{ SessionId: created.Id, State: 'DELETED' }]);
  const agent = await fleet.agent('s1');
  await fleet.advance(10_000);
  expect(agent.commands).toEqual([]);
  expect(await fleet.describe(created.Id)).toMatchObject({
    State: 'DELETED',
    StateReason: 'Deleted while it waited for a server',
  });
});

import { setImmediate as eventLoopTurn } from 'node:timers/promises';
import { hostLoad, hostSession, type FakeAgent, type ManualClock } from '@dcvsm/testkit';
import { TestFleet } from './start-fleet.js';

const isDeleted = async ({ client }: TestFleet, id: string): Promise<boolean> =>
  (await client.describeSessions({ SessionIds: [id] })).Sessions[0]?.State === 'DELETED';

/** The host of `old` comes back under another id, while its old link still seems to be up. */
async function renameWhileLinked(fleet: TestFleet, old: FakeAgent): Promise<void> {
  old.frozen = true;
  const renamed = fleet.newAgent('renamed');
  renamed.token = old.token;
  renamed.previousServerIds = [old.serverId];
  await renamed.connect();
  expect(await fleet.server(old.serverId)).toBeUndefined();
}

/** Another host that takes over the id. */
function takeOver(fleet: TestFleet, serverId: string): FakeAgent {
  const agent = fleet.newAgent(serverId);
  agent.token = () => fleet.agentToken('another host');
  return agent;
}

describe('a server id that another host takes over while the link of the renamed one is still up', () => {
  it('stays linked when the old link ends, although both have epoch 1', async () => {
    await using fleet = await TestFleet.start();
    const old = await fleet.agent('s1');
    await renameWhileLinked(fleet, old);
    const next = takeOver(fleet, 's1');
    expect(await next.connect()).toMatchObject({ epoch: 1 });
    await old.closed();
    await fleet.rest();
    expect(await fleet.server('s1')).toMatchObject({ Availability: 'AVAILABLE' });
    await next.report();
    expect(next.connected).toBe(true);
  });

  it('is linked also when the old link has a greater epoch', async () => {
    await using fleet = await TestFleet.start();
    const old = await fleet.agent('s1');
    await old.disconnect();
    expect(await old.connect()).toMatchObject({ epoch: 2 });
    await renameWhileLinked(fleet, old);
    const next = takeOver(fleet, 's1');
    expect(await next.connect()).toMatchObject({ epoch: 1 });
    await old.closed();
    await fleet.rest();
    expect(await fleet.server('s1')).toMatchObject({ Availability: 'AVAILABLE' });
  });

  it('takes no word of the old link for its own', async () => {
    await using fleet = await TestFleet.start();
    const old = await fleet.agent('s1');
    await renameWhileLinked(fleet, old);
    const next = takeOver(fleet, 's1');
    await next.connect();
    const { Id: id } = await fleet.create({ Requirements: "server:Id = 's1'" });
    await fleet.rest();
    old.send({
      type: 'report',
      requestId: 'late',
      report: { facts: old.facts, load: hostLoad(), dcv: { healthy: true, sessions: [] } },
    });
    await old.closed();
    expect(await fleet.describe(id)).toMatchObject({ State: 'READY', Server: { Id: 's1' } });
    expect(next.connected).toBe(true);
  });
});

it('is not forgotten when its agent comes back in the moment in which its time is over', async () => {
  await using fleet = await TestFleet.start({
    properties: [
      'seconds-before-deleting-unreachable-dcv-server = 60',
      'seconds-before-deleting-sessions-unreachable-server = 60',
    ],
  });
  const agent = fleet.newAgent('s1', { limits: { maxVirtualSessions: -1, maxVirtualSessionsPerUser: -1 } });
  const ids = Array.from({ length: 300 }, (_, index) => `local-${index}`);
  for (const id of ids) agent.sessions.set(id, hostSession(id));
  await agent.connect();
  await fleet.cut(agent);
  await fleet.advance(58_000);
  const sweep = (fleet.clock as ManualClock).advance(4_000);
  while (!(await isDeleted(fleet, 'local-0'))) await eventLoopTurn();
  await Promise.all([sweep, agent.connect()]);
  await fleet.rest();
  expect(await fleet.server('s1')).toMatchObject({ Availability: 'AVAILABLE', VirtualSessionCount: 300 });
});

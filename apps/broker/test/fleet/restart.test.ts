import { copyFile, mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Session } from '@dcvsm/protocol';
import { ManualClock, type FakeAgent } from '@dcvsm/testkit';
import { TestFleet } from './start-fleet.js';

/** The same host, with what is alive on it, as an agent of the restarted broker. */
function back(fleet: TestFleet, before: FakeAgent): FakeAgent {
  const agent = fleet.newAgent(before.serverId, before.facts);
  for (const [id, session] of before.sessions) agent.sessions.set(id, session);
  return agent;
}

/** What a killed broker leaves behind: its files as they are while it runs. */
async function filesOf(fleet: TestFleet): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'dcvsm-killed-'));
  for (const name of await readdir(fleet.workingPath)) {
    if (name.startsWith('broker.db')) await copyFile(join(fleet.workingPath, name), join(copy, name));
  }
  return copy;
}

const short = ({ Id, State }: Session): unknown[] => [Id, State];

describe.each(['stopped', 'killed'] as const)('after the broker was %s', (how) => {
  async function restart(fleet: TestFleet, clock = new ManualClock()): Promise<TestFleet> {
    const workingPath = how === 'killed' ? await filesOf(fleet) : fleet.workingPath;
    await fleet.stop();
    return TestFleet.start({ workingPath, clock });
  }

  it('nothing that was accepted is lost, and READY sessions are taken over', async () => {
    const first = await TestFleet.start();
    const agent = await first.agent('s1', {
      limits: { maxVirtualSessions: 3, maxVirtualSessionsPerUser: -1 },
    });
    await first.createMany(6, { EnqueueRequest: true });
    const before = (await first.describeAll()).map(short).sort();

    await using second = await restart(first);
    expect((await second.describeAll()).map(short).sort()).toEqual(before);
    expect(await second.server('s1')).toMatchObject({
      UnavailabilityReason: 'UNREACHABLE_AGENT',
      VirtualSessionCount: 3,
    });
    const same = back(second, agent);
    await same.connect();
    expect((await second.describeAll()).map(short).sort()).toEqual(before);
    expect(same.commands).toEqual([]);
    await second.delete([...same.sessions.keys()][0] ?? '');
    const states = (await second.describeAll()).map(({ State }) => State).sort();
    expect(states).toEqual(['CREATING', 'CREATING', 'DELETED', 'READY', 'READY', 'READY']);
  });

  it('a creation goes on with the same id when its agent is back, even past its deadline', async () => {
    const first = await TestFleet.start();
    const agent = await first.agent('s1');
    agent.react = () => 'silence';
    const { Id: id = '' } = await first.create();
    const command = await agent.command('create-session', id);

    const later = new ManualClock(first.clock.now() + 600_000);
    await using second = await restart(first, later);
    await second.agent('s2');
    await second.advance(10_000);
    expect(await second.describe(id)).toMatchObject({ State: 'CREATING', Server: { Id: 's1' } });
    // The host had created it while nobody listened.
    agent.obey(command);
    const same = back(second, agent);
    await same.connect();
    expect(await second.describe(id)).toMatchObject({ State: 'READY', Server: { Id: 's1' } });
    await second.advance(30_000);
    expect(second.agents.flatMap(({ commands }) => commands)).toEqual([]);
  });

  it('a creation whose command got lost is sent again, and made once', async () => {
    const first = await TestFleet.start();
    const agent = await first.agent('s1');
    agent.react = () => 'silence';
    const { Id: id = '' } = await first.create();
    const lost = await agent.command('create-session', id);

    await using second = await restart(first);
    const same = await second.agent('s1');
    const again = await same.command('create-session', id);
    expect(again.commandId).toBe(lost.commandId);
    expect(await second.describe(id)).toMatchObject({ State: 'READY' });
    expect(same.sessions.size).toBe(1);
  });

  it('a deletion is carried out', async () => {
    const first = await TestFleet.start();
    const agent = await first.agent('s1');
    const { Id: id = '' } = await first.create();
    await first.describe(id);
    agent.react = () => 'silence';
    await first.delete(id);

    await using second = await restart(first);
    const same = back(second, agent);
    await same.connect();
    expect(await second.describe(id)).toMatchObject({ State: 'DELETED' });
    expect(same.sessions.size).toBe(0);
  });
});

it('stops while commands are on their way and screenshots are waited for', async () => {
  const fleet = await TestFleet.start();
  const agent = await fleet.agent('s1');
  const { Id: id = '' } = await fleet.create();
  await fleet.describe(id);
  agent.react = () => 'silence';
  await fleet.create();
  await fleet.delete(id);
  const picture = fleet.broker.fleet.takeScreenshot({ sessionId: id });
  await fleet.stop();
  expect(await picture).toMatchObject({ kind: 'refused' });
  await fleet[Symbol.asyncDispose]().catch(() => undefined);
});

import type { Outcome } from '@dcvsm/protocol';
import { hostSession, type Reaction } from '@dcvsm/testkit';
import { TestFleet } from './start-fleet.js';

const fails: Outcome = { kind: 'failed', reason: 'no such user: alice', sessionMissing: false };
const failing: Reaction = () => fails;
const silent: Reaction = () => 'silence';

it('tries another server when the first one fails', async () => {
  await using fleet = await TestFleet.start();
  const broken = await fleet.agent('s1');
  await fleet.agent('s2');
  broken.react = failing;
  const created = await fleet.create();
  expect(await fleet.describe(created.Id)).toMatchObject({ State: 'READY', Server: { Id: 's2' } });
  expect(broken.commands).toHaveLength(1);
});

it('gives up after the first failure when the request says so, with the reason', async () => {
  await using fleet = await TestFleet.start();
  const broken = await fleet.agent('s1');
  const other = await fleet.agent('s2');
  broken.react = failing;
  const created = await fleet.create({ DisableRetryOnFailure: true });
  expect(await fleet.describe(created.Id)).toMatchObject({
    State: 'DELETED',
    StateReason: 'Creation failed: no such user: alice',
  });
  expect(other.commands).toEqual([]);
});

it('gives up when the retries are used up, having tried different servers', async () => {
  await using fleet = await TestFleet.start({
    properties: ['create-sessions-number-of-retries-on-failure = 2'],
  });
  for (const id of ['s1', 's2', 's3', 's4']) (await fleet.agent(id)).react = failing;
  const created = await fleet.create();
  expect(await fleet.describe(created.Id)).toMatchObject({ State: 'DELETED' });
  expect(fleet.agents.map(({ commands }) => commands.length)).toEqual([1, 1, 1, 0]);
});

it('tries the same server again when there is no other, as a new attempt', async () => {
  await using fleet = await TestFleet.start();
  const agent = await fleet.agent('s1');
  agent.react = (message) => (agent.commands.length < 3 ? fails : agent.obey(message));
  const created = await fleet.create();
  expect(await fleet.describe(created.Id)).toMatchObject({ State: 'READY', Server: { Id: 's1' } });
  expect(new Set(agent.commands.map(({ commandId }) => commandId)).size).toBe(3);
});

it('queues a failed request again if it wanted to wait, until its own time is over', async () => {
  await using fleet = await TestFleet.start({ properties: ['create-sessions-queue-max-time-seconds = 60'] });
  const agent = await fleet.agent('s1');
  agent.react = async () => {
    await fleet.client.closeServers([{ ServerId: 's1', Force: true }]);
    return fails;
  };
  const created = await fleet.create({ EnqueueRequest: true });
  const waiting = await fleet.describe(created.Id);
  expect(waiting).toMatchObject({
    State: 'CREATING',
    Substate: 'SESSION_PLACING',
    StateReason:
      'Creation failed: no such user: alice; then: No DCV server found for the given criteria: of 1 server, 1 closed',
  });
  await fleet.advance(70_000);
  expect(await fleet.describe(created.Id)).toMatchObject({ State: 'DELETED' });
});

describe('an agent that is silent past the deadline', () => {
  it('loses the request to another server, and its late session is closed there', async () => {
    await using fleet = await TestFleet.start();
    const slow = await fleet.agent('s1');
    const quick = await fleet.agent('s2');
    slow.react = silent;
    const created = await fleet.create();
    const command = await slow.command('create-session', created.Id);
    await fleet.advance(110_000);
    expect(await fleet.describe(created.Id)).toMatchObject({ State: 'CREATING' });
    await fleet.advance(20_000);
    expect(await fleet.describe(created.Id)).toMatchObject({ State: 'READY', Server: { Id: 's2' } });

    slow.react = (message) => slow.obey(message);
    slow.obey(command);
    await slow.report();
    await fleet.rest();
    expect([...slow.sessions.keys()]).toEqual([]);
    expect([...quick.sessions.keys()]).toEqual([created.Id]);
    expect(await fleet.describeAll()).toMatchObject([{ State: 'READY', Server: { Id: 's2' } }]);
  });

  it('ends a request without retries, and its late session is closed', async () => {
    await using fleet = await TestFleet.start();
    const slow = await fleet.agent('s1');
    slow.react = silent;
    const created = await fleet.create({ DisableRetryOnFailure: true });
    const command = await slow.command('create-session', created.Id);
    await fleet.advance(130_000);
    expect(await fleet.describe(created.Id)).toMatchObject({
      State: 'DELETED',
      StateReason: 'Creation failed: its server did not create it within 120 s',
    });
    slow.react = (message) => slow.obey(message);
    slow.obey(command);
    await slow.report();
    await fleet.rest();
    expect(slow.sessions.size).toBe(0);
    expect(await fleet.describeAll()).toMatchObject([{ Id: created.Id, State: 'DELETED' }]);
  });

  it('does not bring back a session that was made by a later attempt on the same host and deleted', async () => {
    await using fleet = await TestFleet.start();
    const slow = await fleet.agent('s1');
    slow.react = silent;
    const created = await fleet.create();
    const first = await slow.command('create-session', created.Id);
    slow.react = (message) => slow.obey(message);
    await fleet.advance(130_000);
    expect(await fleet.describe(created.Id)).toMatchObject({ State: 'READY', Server: { Id: 's1' } });
    await fleet.delete(created.Id ?? '');
    expect(await fleet.describe(created.Id)).toMatchObject({ State: 'DELETED' });

    slow.obey(first);
    await slow.report();
    await fleet.rest();
    expect(slow.sessions.size).toBe(0);
    expect(await fleet.describe(created.Id)).toMatchObject({ State: 'DELETED' });
  });

  it('may make again on its host what it had lost', async () => {
    await using fleet = await TestFleet.start();
    const slow = await fleet.agent('s1');
    slow.react = silent;
    const { Id: id = '' } = await fleet.create();
    slow.react = (message) => slow.obey(message);
    await fleet.advance(130_000);
    slow.sessions.clear();
    await slow.report();
    expect(await fleet.describe(id)).toMatchObject({ State: 'DELETED' });
    slow.sessions.set(id, hostSession(id));
    await slow.report();
    expect(await fleet.describe(id)).toMatchObject({ State: 'READY', Server: { Id: 's1' } });
  });

  it('is believed when it is late but still before the deadline', async () => {
    await using fleet = await TestFleet.start();
    const slow = await fleet.agent('s1');
    await fleet.agent('s2');
    slow.react = silent;
    const created = await fleet.create();
    slow.obey(await slow.command('create-session', created.Id));
    await fleet.advance(60_000);
    await slow.report();
    expect(await fleet.describe(created.Id)).toMatchObject({ State: 'READY', Server: { Id: 's1' } });
    await fleet.advance(120_000);
    expect(await fleet.describe(created.Id)).toMatchObject({ State: 'READY', Server: { Id: 's1' } });
  });
});

it('changes nothing when every command and every outcome comes twice', async () => {
  await using fleet = await TestFleet.start();
  const agent = await fleet.agent('s1');
  agent.react = (message) => {
    const outcome = agent.obey(message);
    agent.send({ type: 'outcome', commandId: message.commandId, outcome });
    return outcome;
  };
  const created = await fleet.create();
  expect(await fleet.describe(created.Id)).toMatchObject({ State: 'READY' });
  await agent.report();
  expect(await fleet.describeAll()).toMatchObject([{ Id: created.Id, State: 'READY' }]);
  await fleet.delete(created.Id ?? '');
  expect(await fleet.describe(created.Id)).toMatchObject({ State: 'DELETED' });
  // The outcome of the creation once more, long after.
  const [{ commandId } = { commandId: '' }] = agent.commands;
  const session = {
    id: created.Id ?? '',
    name: 'work',
    owner: 'alice',
    type: 'VIRTUAL' as const,
    connections: 0,
  };
  agent.send({ type: 'outcome', commandId, outcome: { kind: 'created', session } });
  expect(await fleet.describe(created.Id)).toMatchObject({ State: 'DELETED' });
});

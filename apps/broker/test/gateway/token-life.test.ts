import { hostSession, type FakeAgent } from '@dcvsm/testkit';
import { TestFleet } from '../fleet/start-fleet.js';
import { connectionToken, no, verify, yes } from './dcv-server.js';

const EARLIER = no('the token is for an earlier session of this id');
const GONE = no('the session does not exist');
const NINE = '2026-01-01T09:00:00.250Z';
const TEN = '2026-01-01T10:00:00Z';

/** A host whose `console` somebody made there, and its agent. */
async function hostWithConsole(fleet: TestFleet, createdAt?: string): Promise<FakeAgent> {
  const agent = fleet.newAgent('s1');
  agent.sessions.set('console', hostSession('console', { ...(createdAt !== undefined && { createdAt }) }));
  await agent.connect();
  return agent;
}

describe('a connection token', () => {
  it('works for its session and user as long as both its time and the session last', async () => {
    await using fleet = await TestFleet.start({
      properties: ['connect-session-token-duration-minutes = 1', 'store = memory'],
    });
    await fleet.agent('s1');
    const [{ Id: id }, { Id: other }] = [await fleet.create(), await fleet.create()];
    await fleet.rest();
    const [first, second] = [
      await connectionToken(fleet, id, 'bob'),
      await connectionToken(fleet, id, 'bob'),
    ];
    expect(first).not.toBe(second);
    expect(await verify(fleet, id, first)).toBe(yes('bob'));
    expect(await verify(fleet, other, first)).toBe(no('the token is for another session'));
    await fleet.advance(60_000);
    expect(await verify(fleet, id, first)).toBe(no('the token has expired'));
    const third = await connectionToken(fleet, id);
    await fleet.delete(id);
    await fleet.rest();
    expect(await verify(fleet, id, third)).toBe(GONE);
  });

  it('goes on working while nobody can ask the host, and when it is back', async () => {
    await using fleet = await TestFleet.start({ properties: ['store = memory'] });
    const agent = await hostWithConsole(fleet, NINE);
    const token = await connectionToken(fleet, 'console');
    await fleet.cut(agent);
    await fleet.advance(40_000);
    expect(await fleet.describe('console')).toMatchObject({ State: 'UNKNOWN' });
    expect(await verify(fleet, 'console', token)).toBe(yes('alice'));
    await agent.connect();
    expect(await fleet.describe('console')).toMatchObject({ State: 'READY' });
    expect(await verify(fleet, 'console', token)).toBe(yes('alice'));
  });

  it('does not work for what is made under the id of a session that was closed', async () => {
    await using fleet = await TestFleet.start({ properties: ['store = memory'] });
    const agent = await hostWithConsole(fleet);
    const token = await connectionToken(fleet, 'console');
    agent.sessions.delete('console');
    await agent.report();
    expect(await verify(fleet, 'console', token)).toBe(GONE);
    agent.sessions.set('console', hostSession('console'));
    await agent.report();
    expect(await fleet.describe('console')).toMatchObject({ State: 'READY' });
    expect(await verify(fleet, 'console', token)).toBe(EARLIER);
    expect(await verify(fleet, 'console', await connectionToken(fleet, 'console'))).toBe(yes('alice'));
  });

  it('does not work for what was made anew between two reports', async () => {
    await using fleet = await TestFleet.start({ properties: ['store = memory'] });
    const agent = await hostWithConsole(fleet, NINE);
    const token = await connectionToken(fleet, 'console');
    agent.sessions.set('console', hostSession('console', { createdAt: TEN }));
    await agent.report();
    expect(await verify(fleet, 'console', token)).toBe(EARLIER);
  });

  it('does not work for what somebody else made in its place', async () => {
    await using fleet = await TestFleet.start({ properties: ['store = memory'] });
    const agent = await hostWithConsole(fleet);
    const token = await connectionToken(fleet, 'console');
    agent.sessions.set('console', hostSession('console', { owner: 'bob' }));
    await agent.report();
    expect(await fleet.describe('console')).toMatchObject({ Owner: 'bob' });
    expect(await verify(fleet, 'console', token)).toBe(
      no('the session has another owner than when the token was issued'),
    );
  });

  it('does not work for what is made after the earlier one was forgotten', async () => {
    const properties = ['store = memory', 'delete-session-duration-seconds = 10'];
    await using fleet = await TestFleet.start({ properties });
    const agent = await hostWithConsole(fleet);
    const token = await connectionToken(fleet, 'console');
    agent.sessions.clear();
    await agent.report();
    await fleet.advance(30_000);
    expect(await fleet.describe('console')).toBeUndefined();
    agent.sessions.set('console', hostSession('console'));
    await agent.report();
    expect(await verify(fleet, 'console', token)).toBe(EARLIER);
  });

  it('does not work any more once its session was deleted by force, although it still lives', async () => {
    await using fleet = await TestFleet.start({ properties: ['store = memory'] });
    const agent = await fleet.agent('s1');
    const { Id: id } = await fleet.create();
    await fleet.rest();
    const token = await connectionToken(fleet, id);
    await fleet.cut(agent);
    await fleet.delete(id, { Force: true });
    await agent.connect();
    expect(await fleet.describe(id)).toMatchObject({ State: 'READY' });
    expect(await verify(fleet, id, token)).toBe(EARLIER);
  });

  it('is for the host of its session, where several have one of that id', async () => {
    await using fleet = await TestFleet.start({ properties: ['store = memory'] });
    await hostWithConsole(fleet);
    const token = await connectionToken(fleet, 'console');
    // In this test every DCV server asks from the loopback address.
    const asking = fleet.newAgent('s2', { ip: '127.0.0.1' });
    asking.sessions.set('console', hostSession('console', { owner: 'bob' }));
    await asking.connect();
    expect(await verify(fleet, 'console', token)).toBe(
      no('the token is for the session of this id on another host'),
    );
    expect(await verify(fleet, 'console', await connectionToken(fleet, 'console', 'bob'))).toBe(yes('bob'));
  });

  it('survives a restart of the broker, and works at another broker of the same store', async () => {
    const first = await TestFleet.start();
    const agent = await first.agent('s1');
    const { Id: id } = await first.create();
    await first.rest();
    const token = await connectionToken(first, id);
    await first.stop();
    const { workingPath } = first;
    await using second = await TestFleet.start({ workingPath });
    expect(await verify(second, id, token)).toBe(yes('alice'));
    const back = second.newAgent('s1');
    for (const [key, session] of agent.sessions) back.sessions.set(key, session);
    await back.connect();
    expect(await verify(second, id, token)).toBe(yes('alice'));
  });
});

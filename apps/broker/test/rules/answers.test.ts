import { operationIds, type Session } from '@dcvsm/protocol';
import { hostSession } from '@dcvsm/testkit';
import { happyPaths } from './happy-paths.js';
import { RulesFleet } from './rules-fleet.js';

let rules: RulesFleet;
beforeEach(async () => {
  rules = await RulesFleet.start();
});
afterEach(() => rules[Symbol.asyncDispose]());

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

async function sessionOf(id: string): Promise<Session> {
  const [session] = (await rules.client.describeSessions({ SessionIds: [id] })).Sessions;
  if (session === undefined) throw new Error(`there is no session ${id}`);
  return session;
}

/** Every answer below goes through checkedFetch, which is where the rule itself is held. */
it('rule 1: no answer of any operation has a field that is not published', async () => {
  for (const id of operationIds) {
    await happyPaths[id](rules);
    await rules.client.openServers([{ ServerId: 's1' }]);
  }
});

it('rule 1: neither have sessions in any state, nor servers in any condition', async () => {
  const { agent, client, fleet } = rules;
  const seen = new Set<string>();
  const look = async (): Promise<void> => {
    for (const session of (await client.describeSessions({})).Sessions) seen.add(session.State);
    for (const server of (await client.describeServers({})).Servers) {
      seen.add(server.UnavailabilityReason ?? server.Availability ?? 'none');
    }
  };

  const ready = await rules.readySession({ StorageRoot: '/home/alice', MaxConcurrentClients: 3 });
  const doomed = await rules.readySession();
  await look();
  agent.react = () => 'silence';
  const pending = await fleet.create();
  await agent.command('create-session', pending.Id);
  await fleet.create({ EnqueueRequest: true, Requirements: "tag:color = 'none has it'" });
  await client.deleteSessions([{ SessionId: doomed, Owner: 'alice' }]);
  await look();
  agent.facts.limits.maxVirtualSessions = 1;
  await agent.report();
  await look();
  agent.sessions.delete(ready);
  agent.sessions.set(
    'console',
    hostSession('console', { connections: 1, lastDisconnectedAt: '2026-01-01T00:00:00Z' }),
  );
  await agent.report();
  agent.dcvProblem = 'dcv list-sessions does not answer';
  await agent.report();
  await look();
  await client.closeServers([{ ServerId: 's1', Force: true }]);
  await look();
  await agent.disconnect();
  while (!seen.has('UNREACHABLE_AGENT')) await look();
  await fleet.advance(60_000);
  await look();
  expect([...seen].sort()).toEqual(
    [
      ...['CREATING', 'DELETED', 'DELETING', 'READY', 'UNKNOWN'],
      ...['AVAILABLE', 'SERVER_CLOSED', 'SERVER_FULL', 'UNHEALTHY_DCV_SERVER', 'UNREACHABLE_AGENT'],
    ].sort(),
  );
});

it('rule 1: neither have refusals of single entries, which repeat the request', async () => {
  const entry = {
    Name: 'work',
    Owner: 'alice',
    Type: 'VIRTUAL',
    EnqueueRequest: 'false',
    DcvGlEnabled: 'true',
  } as const;
  const created = await rules.client.createSessions([
    { ...entry, Requirements: "tag:a = 'b'", InitFile: null as never },
  ]);
  expect(created.UnsuccessfulList[0]?.CreateSessionRequestData).toEqual({
    ...entry,
    EnqueueRequest: false,
    DcvGlEnabled: true,
    Requirements: "tag:a = 'b'",
  });
  await rules.client.deleteSessions([{ SessionId: 'none', Owner: 'alice', Force: 'true' }]);
  await rules.client.getSessionScreenshots([{ SessionId: 'none', MaxWidth: 1 }]);
  await rules.client.openServers([{ ServerId: 'none' }]);
  await rules.client.closeServers([{ ServerId: 'none', Force: 'false' }]);
});

it('rule 9: the ids of sessions made here are lower-case UUIDs, everywhere they appear', async () => {
  const created = await rules.fleet.create();
  expect(created.Id).toMatch(UUID);
  await rules.agent.command('create-session', created.Id);
  await rules.fleet.broker.fleet.settle();
  expect((await rules.client.describeSessions({})).Sessions).toMatchObject([{ Id: created.Id }]);
});

it('rule 9: sessions made on the host keep the id they were given', async () => {
  for (const id of ['console', 'Not-A-UUID', '0b2c'])
    rules.agent.sessions.set(id, hostSession(id, { name: '' }));
  await rules.agent.report();
  for (const id of ['console', 'Not-A-UUID', '0b2c']) {
    expect(await sessionOf(id)).toMatchObject({ Id: id, Name: '', State: 'READY' });
    const data = await rules.client.GetSessionConnectionData({ sessionId: id, user: 'alice' });
    expect(data.Session.Id).toBe(id);
  }
});

it('every answer but connection data starts with the id of the request, which is in a header too', async () => {
  const answer = await rules.send('/describeSessions', { headers: { 'x-request-id': 'mine-1' } });
  expect(answer.text).toMatch(/^{"RequestId":"mine-1",/);
  expect(answer.headers.get('x-request-id')).toBe('mine-1');
  const fresh = await rules.send('/describeServers', { headers: { 'x-request-id': 'not usable: spaces' } });
  expect((fresh.json as { RequestId: string }).RequestId).toMatch(UUID);
});

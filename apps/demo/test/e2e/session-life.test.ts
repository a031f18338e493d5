import { fetchTrusting } from '@dcvsm/client/node';
import { readFile } from 'node:fs/promises';
import { Demo } from './start-demo.js';

const permissions = (text: string): string => Buffer.from(text).toString('base64');

/** What the DCV server asks the broker when somebody connects. */
async function verify(demo: Demo, sessionId: string, token: string): Promise<string> {
  const { agentUrl, caFile } = demo.fleet.connection;
  const { fetch, close } = fetchTrusting(await readFile(caFile, 'utf8'));
  try {
    const answer = await fetch(`${agentUrl}/agent/validate-authentication-token`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        sessionId,
        authenticationToken: token,
        clientAddress: '127.0.0.1',
      }).toString(),
    });
    return await answer.text();
  } finally {
    await close();
  }
}

it('leads a session through its whole life, over TLS, with the built programs', async () => {
  await using demo = await Demo.start();
  const { client } = demo;

  const created = await demo.create({
    Requirements: "tag:color = 'blue' and server:Host.Os.Family = 'linux'",
    PermissionsFile: permissions('[permissions]\n%owner% allow builtin\n'),
  });
  expect(created).toMatchObject({ State: 'CREATING', Substate: 'SESSION_PLACING' });
  const ready = await demo.reaches(created.Id, 'READY');
  expect(ready.Server?.Tags).toContainEqual({ Key: 'color', Value: 'blue' });
  expect(await demo.dcv('host-2', 'list-sessions')).toContain(created.Id);

  const byOwner = await client.describeSessions({ Filters: [{ Key: 'owner', Value: 'alice' }] });
  expect(byOwner.Sessions.map(({ Id }) => Id)).toEqual([created.Id]);
  const byTag = await client.describeSessions({ Filters: [{ Key: 'tag:color', Value: 'blue' }] });
  expect(byTag.Sessions.map(({ Id }) => Id)).toEqual([created.Id]);
  const byOtherTag = await client.describeSessions({ Filters: [{ Key: 'tag:color', Value: 'pink' }] });
  expect(byOtherTag.Sessions).toEqual([]);

  const pictures = await client.getSessionScreenshots([{ SessionId: created.Id, MaxWidth: 320 }]);
  const [image] = pictures.SuccessfulList[0]?.SessionScreenshot.Images ?? [];
  expect(image).toMatchObject({ Format: 'png', Primary: true });
  expect(
    Buffer.from(image?.Data ?? '', 'base64')
      .subarray(1, 4)
      .toString(),
  ).toBe('PNG');

  const { ConnectionToken } = await client.GetSessionConnectionData({ sessionId: created.Id, user: 'alice' });
  expect(await verify(demo, created.Id, ConnectionToken)).toBe(
    '<auth result="yes"><username>alice</username></auth>',
  );
  const other = await demo.create({ Requirements: "tag:color = 'blue'" });
  await demo.reaches(other.Id, 'READY');
  expect(await verify(demo, other.Id, ConnectionToken)).toContain('<auth result="no">');
  expect(await verify(demo, created.Id, `${ConnectionToken}x`)).toContain('<auth result="no">');

  const guest = permissions('[permissions]\n%owner% allow builtin\nbob allow display\n');
  const changed = await client.updateSessionPermissions([
    { SessionId: created.Id, Owner: 'alice', PermissionsFile: guest },
  ]);
  expect(changed).toMatchObject({ SuccessfulList: [{ SessionId: created.Id }], UnsuccessfulList: [] });

  const deleted = await client.deleteSessions([{ SessionId: created.Id, Owner: 'alice' }]);
  expect(deleted.SuccessfulList).toEqual([{ SessionId: created.Id, State: 'DELETING' }]);
  await demo.reaches(created.Id, 'DELETED');
  expect(await demo.dcv('host-2', 'list-sessions')).not.toContain(created.Id);
  expect(await verify(demo, created.Id, ConnectionToken)).toContain('<auth result="no">');
});

it('fits twenty of fifty sessions on two servers and lets the oldest waiting one in for each deletion', async () => {
  await using demo = await Demo.start();
  const { client } = demo;
  const entries = Array.from({ length: 50 }, (_, index) => ({
    Name: `desk-${String(index).padStart(2, '0')}`,
    Owner: 'alice',
    Type: 'VIRTUAL',
    EnqueueRequest: true,
  }));
  const { SuccessfulList } = await client.createSessions(entries);
  const ids = SuccessfulList.map(({ Id }) => Id);
  expect(ids).toHaveLength(50);
  const statesOf = async (wanted: readonly string[]): Promise<string[]> => {
    const { Sessions } = await client.describeSessions({});
    const byId = new Map(Sessions.map((session) => [session.Id, session]));
    return wanted.map((id) => byId.get(id)?.State ?? 'missing');
  };
  const all = (states: readonly string[], state: string): boolean => states.every((one) => one === state);
  await demo.eventually('the first twenty to be READY', async () =>
    all(await statesOf(ids.slice(0, 20)), 'READY') ? true : null,
  );
  expect(all(await statesOf(ids.slice(20)), 'CREATING')).toBe(true);

  for (const round of [0, 1, 2]) {
    await client.deleteSessions([{ SessionId: ids[round] ?? '', Owner: 'alice' }]);
    await demo.reaches(ids[20 + round] ?? '', 'READY');
    const waiting = (await client.describeSessions({})).Sessions.filter(
      ({ Substate }) => Substate === 'SESSION_PLACING',
    );
    expect(waiting.map(({ Name }) => Name).sort()).toEqual(entries.slice(21 + round).map(({ Name }) => Name));
  }
});

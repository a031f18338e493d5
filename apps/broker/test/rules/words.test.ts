import { RulesFleet } from './rules-fleet.js';

let rules: RulesFleet;
beforeEach(async () => {
  rules = await RulesFleet.start();
});
afterEach(() => rules[Symbol.asyncDispose]());

const NO_SUCH_SESSION = 'The requested dcvSession does not exist';

it('rule 12: deleting an unknown session is a 200 with the sentence that clients compare with', async () => {
  for (const Force of [undefined, false, true]) {
    const entry = { SessionId: 'none', Owner: 'alice', ...(Force !== undefined && { Force }) };
    expect(await rules.accepted('/deleteSessions', [entry])).toMatchObject({
      SuccessfulList: [],
      UnsuccessfulList: [{ SessionId: 'none', FailureReason: NO_SUCH_SESSION }],
    });
  }
});

it('rule 12: so is deleting one that is deleted already, and changing the permissions of none', async () => {
  const id = await rules.readySession();
  await rules.client.deleteSessions([{ SessionId: id, Owner: 'alice' }]);
  await rules.agent.command('delete-session', id);
  await rules.fleet.broker.fleet.settle();
  const again = await rules.client.deleteSessions([{ SessionId: id, Owner: 'alice' }]);
  expect(again.UnsuccessfulList).toEqual([{ SessionId: id, FailureReason: NO_SUCH_SESSION }]);
  const update = await rules.client.updateSessionPermissions([
    { SessionId: 'none', Owner: 'alice', PermissionsFile: '' },
  ]);
  expect(update.UnsuccessfulList).toEqual([{ SessionId: 'none', FailureReason: NO_SUCH_SESSION }]);
});

it('rule 13: when no server fits, the reason begins with the sentence that clients look for', async () => {
  const request = { Name: 'n', Owner: 'alice', Type: 'VIRTUAL', Requirements: "tag:color = 'blue'" } as const;
  const answer = await rules.client.createSessions([request]);
  expect(answer.SuccessfulList).toEqual([]);
  expect(answer.UnsuccessfulList[0]?.FailureReason).toMatch(/^No DCV server found for the given criteria/);
});

it('rule 13: also when there is no server at all', async () => {
  await using empty = await RulesFleet.start();
  await empty.client.closeServers([{ ServerId: 's1' }]);
  const answer = await empty.client.createSessions([{ Name: 'n', Owner: 'alice', Type: 'VIRTUAL' }]);
  expect(answer.UnsuccessfulList[0]?.FailureReason).toMatch(/^No DCV server found for the given criteria/);
});

it('rule 14: connection data of a session that is not ready is a 400 with "not in READY"', async () => {
  const queued = await rules.fleet.create({ EnqueueRequest: true, Requirements: "tag:color = 'blue'" });
  const answer = await rules.send(`/sessionConnectionData/${queued.Id}/alice`, { method: 'GET' });
  expect(answer).toMatchObject({
    status: 400,
    json: { error: expect.stringContaining('not in READY') as string },
  });
});

it('rule 14: that of a session that does not exist is a 400 with "not found", and not "not in READY"', async () => {
  const answer = await rules.send('/sessionConnectionData/none/alice', { method: 'GET' });
  expect(answer).toMatchObject({
    status: 400,
    json: { error: expect.stringContaining('not found') as string },
  });
  expect(answer.text).not.toContain('READY');
});

it('rule 14: pictures and permissions of such a session say the same, entry by entry', async () => {
  const { Id } = await rules.fleet.create({ EnqueueRequest: true, Requirements: "tag:color = 'blue'" });
  const pictures = await rules.client.getSessionScreenshots([{ SessionId: Id }, { SessionId: 'none' }]);
  expect(pictures.UnsuccessfulList.map(({ FailureReason }) => FailureReason)).toEqual([
    expect.stringContaining('not in READY'),
    'Dcv session not found.',
  ]);
  const update = await rules.client.updateSessionPermissions([
    { SessionId: Id, Owner: 'alice', PermissionsFile: '' },
  ]);
  expect(update.UnsuccessfulList[0]?.FailureReason).toContain('not in READY');
});

it('rule 15: opening or closing an unknown server fails with its code and sentence', async () => {
  const failure = { FailureCode: 'DCV_SERVER_NOT_FOUND', FailureReason: 'Dcv server not found.' };
  const open = await rules.client.openServers([{ ServerId: 'none' }, { ServerId: 's1' }]);
  expect(open).toMatchObject({
    SuccessfulList: [{ ServerId: 's1' }],
    UnsuccessfulList: [{ OpenServerRequestData: { ServerId: 'none' }, ...failure }],
  });
  const close = await rules.client.closeServers([{ ServerId: 'none', Force: true }, { ServerId: 's1' }]);
  expect(close).toMatchObject({
    SuccessfulList: [{ ServerId: 's1' }],
    UnsuccessfulList: [{ CloseServerRequestData: { ServerId: 'none', Force: true }, ...failure }],
  });
});

it('one bad entry never spoils the others', async () => {
  const good = { Name: 'n', Owner: 'alice', Type: 'VIRTUAL' } as const;
  const answer = await rules.client.createSessions([
    good,
    { ...good, Requirements: "tag:color == 'pink'" },
    { ...good, AutorunFileArguments: ['a'] },
    { ...good, InitFile: '../evil' },
    { ...good, Type: 'CONSOLE', DcvGlEnabled: true },
    { ...good, PermissionsFile: Buffer.from('[permissions]\n%owner% allow flying\n').toString('base64') },
    good,
  ]);
  expect(answer.SuccessfulList).toHaveLength(2);
  expect(answer.UnsuccessfulList.map(({ FailureReason }) => FailureReason)).toEqual([
    expect.stringMatching(/^Requirements: .*column 1[12]/),
    expect.stringContaining('AutorunFileArguments need an AutorunFile'),
    expect.stringContaining('InitFile must be a path inside'),
    expect.stringContaining('DcvGlEnabled is only for VIRTUAL'),
    expect.stringContaining('PermissionsFile line 2: "flying"'),
  ]);
});

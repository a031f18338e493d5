import { hostSession } from '@dcvsm/testkit';
import { RulesFleet } from './rules-fleet.js';

let rules: RulesFleet;
beforeEach(async () => {
  rules = await RulesFleet.start();
});
afterEach(() => rules[Symbol.asyncDispose]());

const GOOD = { Name: 'n', Owner: 'alice', Type: 'VIRTUAL' };

it.each<[string, unknown, string, { method: string }]>([
  ['/describeSessions', { Sort: 'up' }, 'Sort', { method: 'POST' }],
  ['/describeServers', { serverIds: [] }, 'serverIds', { method: 'POST' }],
  [
    '/createSessions',
    [GOOD, { ...GOOD, MaxConcurrents: 4 }],
    '[1]: there is no field "MaxConcurrents"',
    { method: 'POST' },
  ],
  ['/deleteSessions', [{ SessionId: 's', Owner: 'a', force: true }], 'force', { method: 'POST' }],
  ['/getSessionScreenshots', [{ SessionId: 's', MaxDepth: 8 }], 'MaxDepth', { method: 'POST' }],
  [
    '/sessionPermissions',
    [{ SessionId: 's', Owner: 'a', PermissionsFile: '', User: 'b' }],
    'User',
    { method: 'PUT' },
  ],
  ['/openServers', [{ ServerId: 's1', Force: true }], 'Force', { method: 'POST' }],
  ['/closeServers', [{ ServerId: 's1', Drain: true }], 'Drain', { method: 'POST' }],
])('rule 16: %s names an unknown field', async (path, body, name, sent) => {
  expect(await rules.refused(path, body, sent)).toContain(name);
});

it('rule 16: MaxWidth and MaxHeight are known, and named when they are wrong', async () => {
  for (const field of ['MaxWidth', 'MaxHeight']) {
    expect(await rules.refused('/getSessionScreenshots', [{ SessionId: 's', [field]: 0 }])).toContain(field);
  }
});

it.each([
  ['DOM\\u 1', 'console'],
  ['zoë@example.com', 'a/b c'],
  ['a/b', '100%'],
  ['王?x=1#y', 'x;y=1&z'],
  ['a..b', '...'],
])('rule 17: the path takes the user %j of the session %j, percent-encoded', async (user, id) => {
  rules.agent.sessions.set(id, hostSession(id));
  await rules.agent.report();
  const data = await rules.client.GetSessionConnectionData({ sessionId: id, user });
  expect(data.Session.Id).toBe(id);
  const [, claims = ''] = data.ConnectionToken.split('.');
  expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({
    dcvSessionId: id,
    dcvSessionUser: user,
  });
});

it('rule 17: upper and lower case of the escapes do not matter', async () => {
  const id = await rules.readySession();
  for (const user of ['DOM%5Cu%201', 'DOM%5cu%201']) {
    const answer = await rules.send(`/sessionConnectionData/${id}/${user}`, { method: 'GET' });
    expect(answer).toMatchObject({ status: 200, json: { Session: { Id: id } } });
  }
});

it('takes null for every field that may be absent, as generated clients send it', async () => {
  const nothing = {
    ...{
      DcvGlEnabled: null,
      MaxConcurrentClients: null,
      InitFile: null,
      InitFilePath: null,
      AutorunFile: null,
    },
    ...{ AutorunFileArguments: null, PermissionsFile: null, Requirements: null, EnqueueRequest: null },
    ...{ DisableRetryOnFailure: null, StorageRoot: null },
  };
  const created = await rules.accepted('/createSessions', [{ ...GOOD, ...nothing }]);
  expect(created).toMatchObject({ SuccessfulList: [{ Name: 'n' }] });
  const entry = { SessionId: 'none', MaxWidth: null, MaxHeight: null };
  expect(await rules.accepted('/getSessionScreenshots', [entry])).toMatchObject({
    UnsuccessfulList: [{ GetSessionScreenshotRequestData: { SessionId: 'none' } }],
  });
});

it('does not take null for a field that is required', async () => {
  expect(await rules.refused('/createSessions', [{ ...GOOD, Owner: null }])).toContain(
    '[0].Owner: is required',
  );
});

it('takes "false" and "true" as text, as the published default of Force makes clients send it', async () => {
  const id = await rules.readySession();
  const deleted = await rules.accepted('/deleteSessions', [
    { SessionId: id, Owner: 'alice', Force: 'false' },
  ]);
  expect(deleted).toMatchObject({ SuccessfulList: [{ SessionId: id, State: 'DELETING' }] });
  await rules.readySession();
  const kept = await rules.accepted('/closeServers', [{ ServerId: 's1', Force: 'false' }]);
  expect(kept).toMatchObject({ UnsuccessfulList: [{ FailureCode: 'DCV_SERVER_HAS_SESSIONS' }] });
  const closed = await rules.accepted('/closeServers', [{ ServerId: 's1', Force: 'true' }]);
  expect(closed).toMatchObject({ SuccessfulList: [{ ServerId: 's1' }] });
});

it('takes the old name of InitFile, blank requirements and requirements as RES writes them', async () => {
  for (const fields of [
    { InitFilePath: 'init.sh' },
    { Requirements: '' },
    { Requirements: "tag:color='pink'" },
  ]) {
    const answer = await rules.accepted('/createSessions', [{ ...GOOD, ...fields }]);
    expect(answer).toMatchObject({ SuccessfulList: [{ Name: 'n' }] });
  }
  const { command } = await rules.agent.command('create-session');
  expect(command).toMatchObject({ initFile: 'init.sh' });
});

it('takes the spelling of EC2 properties of requirements and that of answers', async () => {
  const aws = { region: 'r', instanceType: 't3.large', instanceId: 'i-1', imageId: 'ami-1' };
  rules.agent.facts = { ...rules.agent.facts, aws };
  await rules.agent.report();
  for (const property of ['Host.Aws.Ec2InstanceId', 'Host.Aws.EC2InstanceId']) {
    await rules.fleet.create({ Requirements: `server:${property} = 'i-1'` });
  }
  const { Servers } = await rules.client.describeServers({});
  expect(Servers[0]?.Host?.Aws).toEqual({
    Region: 'r',
    EC2InstanceType: 't3.large',
    EC2InstanceId: 'i-1',
    EC2ImageId: 'ami-1',
  });
});

it('takes a JSON content type on a GET, and a request without any content type', async () => {
  const id = await rules.readySession();
  expect((await rules.send(`/sessionConnectionData/${id}/alice`, { method: 'GET' })).status).toBe(200);
  expect((await rules.send('/describeSessions', { headers: { 'content-type': null } })).status).toBe(200);
});

it('an empty body where entries are needed is named', async () => {
  for (const body of ['', 'null']) {
    const answer = await rules.send('/createSessions', { body });
    expect(answer).toMatchObject({
      status: 400,
      json: { error: expect.stringContaining('send a JSON array') as string },
    });
  }
});

it('serves the API description without a token, unless it is switched off', async () => {
  const answer = await rules.fleet.fetch(`${rules.fleet.url}/dcv-session-manager-api.yaml`);
  expect(answer.status).toBe(200);
  expect(await answer.text()).toContain('operationId: GetSessionConnectionData');
  await using closed = await RulesFleet.start({ properties: ['enable-api-yaml = false', 'store = memory'] });
  expect((await closed.fleet.fetch(`${closed.fleet.url}/dcv-session-manager-api.yaml`)).status).toBe(404);
});

import { operationIds, operations, type OperationScope } from '@dcvsm/protocol';
import { TestFleet } from '../fleet/start-fleet.js';
import { LimitedClients, tagged } from './limited-clients.js';

const scopes: readonly OperationScope[] = ['read', 'operate', 'administer'];
let fleet: TestFleet;
let api: LimitedClients;
beforeEach(async () => {
  fleet = await TestFleet.start({ properties: ['store = memory'] });
  await fleet.agent('s1');
  api = await LimitedClients.start(fleet, {
    read: { scopes: ['read'] },
    operate: { scopes: ['operate'] },
    administer: { scopes: ['administer'] },
    nothing: { scopes: [] },
    limited: { restriction: tagged('pool', 'blue') },
    portal: {},
  });
});
afterEach(async () => {
  await api[Symbol.asyncDispose]();
  await fleet[Symbol.asyncDispose]();
});

/** A request of that operation that names nothing. */
function empty(id: keyof typeof operations): readonly [string, unknown?] {
  const { path, requestIn } = operations[id];
  if (requestIn === 'path') return [path.replace('{sessionId}', 'none').replace('{user}', 'alice')];
  return [path, requestIn === 'body' ? [] : {}];
}

describe.each(operationIds)('%s', (id) => {
  const { scope } = operations[id];

  it.each(['nothing', ...scopes.filter((other) => other !== scope)])(
    `is refused to a client that has the scope %s but not ${scope}, and that is recorded`,
    async (client) => {
      const answer = await api.send(client, ...empty(id));
      const words = `${id} needs the scope "${scope}", which this API client does not have`;
      expect({ status: answer.status, body: JSON.parse(answer.text) as unknown }).toEqual({
        status: 403,
        body: { error: words },
      });
      expect(answer.headers.get('www-authenticate')).toBe(
        `Bearer error="insufficient_scope", scope="${scope}"`,
      );
      expect(api.audited).toEqual([
        {
          actor: { kind: 'client', id: client },
          action: id,
          objects: [],
          outcome: 'refused',
          reason: words,
          address: '127.0.0.1',
          requestId: answer.headers.get('x-request-id'),
        },
      ]);
    },
  );

  it(`is open to a client that has only the scope ${scope}`, async () => {
    expect((await api.send(scope, ...empty(id))).status).toBe(id === 'GetSessionConnectionData' ? 400 : 200);
  });
});

describe('the audit log has', () => {
  const known = (): unknown[] =>
    api.audited.map(({ action, objects, outcome, reason }) => [action, outcome, objects, reason]);

  it('an entry with the objects for what was done, and one with the reasons for what was refused', async () => {
    const { Id: id = '' } = await api.create('portal');
    await fleet.rest();
    await api.accepted('portal', `/sessionConnectionData/${id}/carol`);
    const PermissionsFile = Buffer.from('[permissions]\n%owner% allow builtin\n').toString('base64');
    await api.accepted('portal', '/sessionPermissions', [{ SessionId: id, Owner: 'alice', PermissionsFile }]);
    await api.accepted('portal', '/closeServers', [{ ServerId: 's1' }, { ServerId: 'none' }]);
    await api.accepted('portal', '/closeServers', [{ ServerId: 's1', Force: true }]);
    await api.accepted('portal', '/openServers', [{ ServerId: 's1' }]);
    await api.accepted('portal', '/deleteSessions', [
      { SessionId: id, Owner: 'alice' },
      { SessionId: 'none', Owner: 'alice' },
    ]);
    expect(known()).toEqual([
      ['createSessions', 'success', [id], undefined],
      ['GetSessionConnectionData', 'success', [id, 'carol'], undefined],
      ['updateSessionPermissions', 'success', [id], undefined],
      [
        'closeServers',
        'refused',
        ['s1', 'none'],
        'The server has 1 session. Set Force to close it all the same; the sessions go on.; Dcv server not found.',
      ],
      ['closeServers', 'success', ['s1'], undefined],
      ['openServers', 'success', ['s1'], undefined],
      ['deleteSessions', 'success', [id], undefined],
      ['deleteSessions', 'refused', ['none'], 'The requested dcvSession does not exist'],
    ]);
  });

  it('an entry for a token that was not given, with the caller, its address and the id of the request', async () => {
    const answer = await api.send('portal', '/sessionConnectionData/none/carol');
    expect(api.audited).toEqual([
      {
        actor: { kind: 'client', id: 'portal' },
        action: 'GetSessionConnectionData',
        objects: ['none', 'carol'],
        outcome: 'refused',
        reason: 'Dcv session not found: no session has the id none',
        address: '127.0.0.1',
        requestId: answer.headers.get('x-request-id'),
      },
    ]);
  });

  it('a refused creation, once for equal reasons', async () => {
    const entry = { Name: 'work', Owner: 'alice', Type: 'VIRTUAL' };
    await api.accepted('limited', '/createSessions', [entry, entry]);
    const reason = 'No DCV server found for the given criteria: no server is registered';
    expect(known()).toEqual([['createSessions', 'refused', [], reason]]);
  });

  it('a failure when nothing can be stored', async () => {
    await fleet.broker.stop();
    await api.send('portal', '/openServers', [{ ServerId: 's1' }]);
    expect(known()).toEqual([['openServers', 'failed', ['s1'], expect.any(String)]]);
  });

  it('no entry for what only reads', async () => {
    await api.accepted('portal', '/describeSessions', {});
    await api.accepted('portal', '/describeServers', {});
    await api.accepted('portal', '/getSessionScreenshots', [{ SessionId: 'none' }]);
    expect(api.audited).toEqual([]);
  });
});

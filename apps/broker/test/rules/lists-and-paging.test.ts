import { hostSession } from '@dcvsm/testkit';
import { RulesFleet, type Sent } from './rules-fleet.js';

let rules: RulesFleet;
beforeEach(async () => {
  rules = await RulesFleet.start();
});
afterEach(() => rules[Symbol.asyncDispose]());

async function localSessions(count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, index) => `local-${String(index).padStart(4, '0')}`);
  for (const id of ids) rules.agent.sessions.set(id, hostSession(id));
  await rules.agent.report();
  return ids;
}

it('rule 2: lists are arrays, also when nothing is in them', async () => {
  expect(await rules.accepted('/describeSessions', {})).toMatchObject({ Sessions: [] });
  expect(await rules.accepted('/describeServers', { ServerIds: ['none'] })).toMatchObject({ Servers: [] });
  for (const path of [
    '/createSessions',
    '/deleteSessions',
    '/getSessionScreenshots',
    '/openServers',
    '/closeServers',
  ]) {
    expect(await rules.accepted(path, [])).toMatchObject({ SuccessfulList: [], UnsuccessfulList: [] });
  }
  const updated = await rules.accepted('/sessionPermissions', [], { method: 'PUT' });
  expect(updated).toMatchObject({ SuccessfulList: [], UnsuccessfulList: [] });
});

it('rule 2: so are the lists inside a server, also of a host that has none of it', async () => {
  rules.agent.facts = { ...rules.agent.facts, endpoints: [], gpus: [], tags: [] };
  await rules.agent.report();
  const id = await rules.readySession();
  const { Servers } = await rules.client.describeServers({});
  expect(Servers).toMatchObject([{ Endpoints: [], Host: { Gpus: [], LoggedInUsers: [] } }]);
  expect(Array.isArray(Servers[0]?.Tags)).toBe(true);
  const { Sessions } = await rules.client.describeSessions({ SessionIds: [id] });
  expect(Sessions).toMatchObject([{ Server: { Endpoints: [] } }]);
  expect(Array.isArray(Sessions[0]?.Server?.Tags)).toBe(true);
});

it('rule 3: the last page has no NextToken, whether it is full or not', async () => {
  const ids = await localSessions(6);
  const page = async (
    MaxResults: number,
    NextToken?: string,
  ): Promise<{ NextToken?: string; ids: string[] }> => {
    const token = NextToken === undefined ? {} : { NextToken };
    const answer = await rules.client.describeSessions({ MaxResults, ...token });
    const shown = answer.Sessions.map((session) => session.Id);
    return { ids: shown, ...('NextToken' in answer && { NextToken: answer.NextToken! }) };
  };
  expect(await page(6)).toEqual({ ids });
  expect(await page(7)).toEqual({ ids });
  const first = await page(3);
  expect(first.ids).toEqual(ids.slice(0, 3));
  expect(await page(3, first.NextToken)).toEqual({ ids: ids.slice(3) });
});

it('rule 3: the same holds for servers', async () => {
  await rules.fleet.agent('s2');
  await rules.fleet.agent('s3');
  const first = await rules.client.describeServers({ MaxResults: 2 });
  expect(first.Servers.map(({ Id }) => Id)).toEqual(['s1', 's2']);
  const second = await rules.client.describeServers({ MaxResults: 2, NextToken: first.NextToken });
  expect(second.Servers.map(({ Id }) => Id)).toEqual(['s3']);
  expect(second).not.toHaveProperty('NextToken');
});

it('rule 3: filters and ids do not make a page end early or go on for ever', async () => {
  const ids = await localSessions(9);
  const wanted = ids.filter((_, index) => index % 2 === 0);
  const Filters = [
    { Key: 'owner', Value: 'alice' },
    { Key: 'tag:color', Value: 'pink' },
  ];
  const shown: string[] = [];
  let NextToken: string | undefined;
  do {
    const token = NextToken === undefined ? {} : { NextToken };
    const answer = await rules.client.describeSessions({
      SessionIds: wanted,
      Filters,
      MaxResults: 2,
      ...token,
    });
    shown.push(...answer.Sessions.map((session) => session.Id));
    NextToken = answer.NextToken;
  } while (NextToken !== undefined);
  expect(shown).toEqual(wanted);
});

it('rule 4: an empty list of ids is no filter', async () => {
  const [id] = await localSessions(1);
  expect(await rules.accepted('/describeServers', { ServerIds: [] })).toMatchObject({
    Servers: [{ Id: 's1' }],
  });
  expect(await rules.accepted('/describeSessions', { SessionIds: [] })).toMatchObject({
    Sessions: [{ Id: id }],
  });
});

it.each<[string, Sent]>([
  ['no body at all', {}],
  ['an empty body with its length', { body: '' }],
  ['an empty object', { body: '{}' }],
  ['the filters of RES', { body: '{"Filters": []}' }],
  ['null', { body: 'null' }],
  ['null for every field', { body: '{"SessionIds":null,"Filters":null,"MaxResults":null,"NextToken":null}' }],
])('rule 5: no filter: %s', async (_, sent) => {
  const [id] = await localSessions(1);
  expect((await rules.send('/describeSessions', sent)).json).toMatchObject({ Sessions: [{ Id: id }] });
  if (sent.body?.includes('Filters') !== true) {
    expect((await rules.send('/describeServers', sent)).json).toMatchObject({ Servers: [{ Id: 's1' }] });
  }
});

it('rule 20: everything comes at once, up to a thousand', async () => {
  const ids = await localSessions(1000);
  const all = await rules.client.describeSessions({});
  expect(all.Sessions.map((session) => session.Id)).toEqual(ids);
  expect(all).not.toHaveProperty('NextToken');
  await localSessions(1001);
  const page = await rules.client.describeSessions({});
  expect(page.Sessions).toHaveLength(1000);
  const rest = await rules.client.describeSessions({ NextToken: page.NextToken });
  expect(rest.Sessions.map((session) => session.Id)).toEqual(['local-1000']);
});

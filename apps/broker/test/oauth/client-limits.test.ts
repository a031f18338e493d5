import { describeApiClients } from '../../src/admin/api-client-commands.js';
import type { LimitsRequest } from '../../src/admin/api-client-limits.js';
import { OAuthFleet } from './oauth-fleet.js';

let oauth: OAuthFleet;
beforeAll(async () => {
  oauth = await OAuthFleet.start();
});
afterAll(() => oauth[Symbol.asyncDispose]());

const describe = (details: boolean): Promise<string> =>
  describeApiClients(oauth.fleet.broker.adminSocket, { details });

it('describe-api-clients shows limits only with --details, and else what the original shows', async () => {
  const { id } = await oauth.register('limited', {
    scopes: ['read', 'operate'],
    owners: ['alice', 'bob'],
    tags: ['color=pink', 'size='],
    expiresInDays: 30,
  });
  const short = await describe(false);
  expect(short).toContain(`{\n  "name" : "limited",\n  "id" : "${id}",\n  "active" : true\n}`);
  const expiresAt = new Date(oauth.fleet.clock.now() + 30 * 86_400_000).toISOString();
  expect(await describe(true)).toContain(
    [
      `  "active" : true,`,
      `  "scopes" : [ "read", "operate" ],`,
      `  "owners" : [ "alice", "bob" ],`,
      `  "tags" : [ "color=pink", "size=" ],`,
      `  "expires-at" : "${expiresAt}"`,
    ].join('\n'),
  );
  await oauth.register('unlimited');
  expect(await describe(true)).toContain(
    '  "scopes" : [ "read", "operate", "administer" ],\n  "owners" : null,\n  "tags" : null,\n  "expires-at" : null\n',
  );
});

it('a client that is limited to an owner creates and sees only that one’s sessions', async () => {
  const limited = await oauth.register('only-alice', { owners: ['alice'] });
  await oauth.fleet.agent('s1');
  const token = await oauth.token(limited);
  const create = async (Owner: string): Promise<object> => {
    const answer = await oauth.fleet.fetch(`${oauth.fleet.url}/createSessions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify([{ Name: 'work', Owner, Type: 'VIRTUAL' }]),
    });
    return (await answer.json()) as object;
  };
  expect(await create('alice')).toMatchObject({ SuccessfulList: [{ Owner: 'alice' }] });
  expect(await create('bob')).toMatchObject({ SuccessfulList: [] });
  await oauth.fleet.create({ Owner: 'carol' });
  const seen = (await oauth.use(token)).json as { Sessions: { Owner: string }[] };
  expect(seen.Sessions.map(({ Owner }) => Owner)).toEqual(['alice']);
});

it.each<[string, object, string]>([
  ['a scope that there is not', { scopes: ['write'] }, 'scopes[0]'],
  ['no scope at all', { scopes: [] }, 'scopes'],
  ['an owner without a name', { owners: [''] }, 'owners[0]'],
  ['a tag without a value', { tags: ['color'] }, 'must be KEY=VALUE'],
  ['a tag without a key', { tags: ['=pink'] }, 'must be KEY=VALUE'],
  ['half a day', { expiresInDays: 0.5 }, 'expiresInDays'],
  ['no day', { expiresInDays: 0 }, 'expiresInDays'],
])('register-api-client refuses %s', async (_, limits, words) => {
  await expect(oauth.register('wrong', limits as LimitsRequest)).rejects.toThrow(words);
  expect(await describe(false)).not.toContain('wrong');
});

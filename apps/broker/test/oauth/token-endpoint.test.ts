import { basic, OAuthFleet, type Credentials } from './oauth-fleet.js';

let oauth: OAuthFleet;
beforeAll(async () => {
  oauth = await OAuthFleet.start();
});
afterAll(() => oauth[Symbol.asyncDispose]());

const GRANT = { grant_type: 'client_credentials' };
const claims = (token: string): unknown =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());

it('answers who asks for nothing special and may do everything with the three fields of the original', async () => {
  const { json } = await oauth.post('/oauth2/token', GRANT);
  expect(Object.keys(json as object)).toEqual(['access_token', 'token_type', 'expires_in']);
  expect(claims((json as { access_token: string }).access_token)).toMatchObject({
    iss: oauth.fleet.url,
    scope: 'read operate administer',
  });
});

it.each<[string, string | Record<string, string>]>([
  ['a parameter that comes twice', 'grant_type=client_credentials&grant_type=client_credentials'],
  ['no grant type', {}],
  ['an empty grant type', { grant_type: '' }],
  ['credentials in header and body', { ...GRANT, client_id: 'x', client_secret: 'x' }],
  ['a secret in the body beside the header', { ...GRANT, client_secret: 'x' }],
  ['another client in the body than in the header', { ...GRANT, client_id: 'x' }],
])('refuses %s with invalid_request', async (_, form) => {
  const answer = await oauth.post('/oauth2/token', form);
  expect(answer).toMatchObject({ status: 400, json: { error: 'invalid_request' } });
  expect(answer.headers.get('cache-control')).toBe('no-store');
});

it.each(['client_id=x', 'client_secret=x', 'client_id=', 'grant_type=password', 'scope=read&scope=read'])(
  'refuses %s in the query with invalid_request',
  async (query) => {
    const answer = await oauth.post(`/oauth2/token?${query}`, GRANT);
    expect(answer).toMatchObject({ status: 400, json: { error: 'invalid_request' } });
  },
);

it('takes form-encoded Basic credentials and a client_id that says the same', async () => {
  const { id, password } = oauth.client;
  const encoded = (text: string): string =>
    text.replace(/[-_]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
  const authorization = basic({ id: encoded(id), password: encoded(password) });
  expect(await oauth.post('/oauth2/token', { ...GRANT, client_id: id }, { authorization })).toMatchObject({
    status: 200,
  });
});

describe('scopes', () => {
  let limited: Credentials;
  beforeAll(async () => {
    limited = await oauth.register('limited', { scopes: ['read', 'operate'] });
  });
  const ask = (client: Credentials, scope: string) =>
    oauth.post('/oauth2/token', { ...GRANT, scope }, { authorization: basic(client) });

  it('names those of a limited client in the answer', async () => {
    const answer = await oauth.post('/oauth2/token', GRANT, { authorization: basic(limited) });
    expect(answer.json).toMatchObject({ scope: 'read operate' });
  });

  it('narrows a token to what was asked for', async () => {
    const answer = await ask(oauth.client, 'read');
    expect(answer.json).toMatchObject({ scope: 'read' });
    const { access_token: token } = answer.json as { access_token: string };
    expect(await oauth.use(token)).toMatchObject({ status: 200 });
    const refused = await oauth.fleet.fetch(`${oauth.fleet.url}/closeServers`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: '[{"ServerId":"s1"}]',
    });
    expect(refused.status).toBe(403);
  });

  it.each(['administer', 'read administer'])('gives none for %j', async (scope) => {
    const answer = await ask(limited, scope);
    expect(answer).toMatchObject({ status: 400, json: { error: 'invalid_scope' } });
  });

  it.each(['sm_scope', 'dcv-session-manager/sm_scope', 'READ', ' '])('passes over %j', async (scope) => {
    expect((await ask(limited, scope)).json).toMatchObject({ scope: 'read operate' });
    expect((await ask(limited, `${scope} read`)).json).toMatchObject({ scope: 'read' });
  });
});

it('refuses an expired client, and the token it still has', async () => {
  await using other = await OAuthFleet.start();
  const shortLived = await other.register('short-lived', { expiresInDays: 1 });
  await other.fleet.advance(86_400_000 - 10_000);
  const token = await other.token(shortLived);
  expect(await other.use(token)).toMatchObject({ status: 200 });
  await other.fleet.advance(10_000);
  expect(await other.use(token)).toMatchObject({ status: 401 });
  const answer = await other.post('/oauth2/token', GRANT, { authorization: basic(shortLived) });
  expect(answer).toMatchObject({ status: 401, json: { error: 'invalid_client' } });
});

import { RulesFleet, type Received, type Sent } from './rules-fleet.js';

let rules: RulesFleet;
beforeEach(async () => {
  rules = await RulesFleet.start();
});
afterEach(() => rules[Symbol.asyncDispose]());

const FORM = 'application/x-www-form-urlencoded';

function basic(id: string, password: string): string {
  return `Basic ${Buffer.from(`${id}:${password}`).toString('base64')}`;
}

/** A request to the token endpoint with what a test names and nothing else. */
function token(path: string, sent: Sent = {}): Promise<Received> {
  const { clientId, clientPassword } = rules.fleet.credentials;
  const headers = { authorization: basic(clientId, clientPassword), 'content-type': null, ...sent.headers };
  return rules.send(path, { ...sent, headers });
}

it('rule 10: the probe of the load balancers and installers gets the words it looks for', async () => {
  const probe = await rules.fleet.fetch(`${rules.fleet.url}/sessionConnectionData/aSession/aOwner`);
  expect({ status: probe.status, body: await probe.text() }).toEqual({
    status: 401,
    body: '{"error":"No authorization header"}',
  });
});

it('rule 10: with enable-authorization = false anybody may ask, with any header or none', async () => {
  await using open = await RulesFleet.start({
    properties: ['enable-authorization = false', 'store = memory'],
  });
  for (const authorization of [null, 'Bearer nonsense', '']) {
    const answer = await open.send('/describeSessions', { body: '{}', headers: { authorization } });
    expect(answer).toMatchObject({ status: 200, json: { Sessions: [] } });
  }
});

it('rule 11: /health answers 200 to anybody, on the client and the agent port', async () => {
  for (const url of [rules.fleet.url, rules.fleet.agentUrl]) {
    for (const method of ['GET', 'HEAD']) {
      expect((await rules.fleet.fetch(`${url}/health`, { method })).status).toBe(200);
    }
  }
});

it.each<[string, string, Sent]>([
  ['in the query, without a body', '/oauth2/token?grant_type=client_credentials', {}],
  [
    'in the query, form type, empty body',
    '/oauth2/token?grant_type=client_credentials',
    { body: '', headers: { 'content-type': FORM } },
  ],
  [
    'in a form',
    '/oauth2/token',
    { body: 'grant_type=client_credentials', headers: { 'content-type': FORM } },
  ],
  ['in a body without a content type', '/oauth2/token', { body: 'grant_type=client_credentials' }],
  [
    'in both, with a scope',
    '/oauth2/token?grant_type=client_credentials',
    { body: 'grant_type=client_credentials&scope=dcv-session-manager%2Fsm_scope' },
  ],
])('rule 18: a token is given for a grant type %s', async (_, path, sent) => {
  const answer = await token(path, sent);
  expect(answer.status).toBe(200);
  const { access_token } = answer.json as { access_token: string };
  const used = await rules.send('/describeSessions', {
    headers: { authorization: `Bearer ${access_token}` },
  });
  expect(used.status).toBe(200);
});

it('rule 18: credentials may be in the form instead', async () => {
  const { clientId, clientPassword } = rules.fleet.credentials;
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientPassword,
  }).toString();
  expect(await token('/oauth2/token', { body, headers: { authorization: null } })).toMatchObject({
    status: 200,
  });
});

it('rule 19: expires_in is a whole number of seconds, and the answer is never kept by caches', async () => {
  const answer = await token('/oauth2/token?grant_type=client_credentials');
  expect(answer.json).toEqual({
    access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/) as string,
    token_type: 'Bearer',
    expires_in: 3600,
  });
  expect(answer.headers.get('cache-control')).toBe('no-store');
});

it.each<[string, number, string, string, Sent]>([
  [
    'no credentials',
    401,
    'invalid_client',
    '/oauth2/token?grant_type=client_credentials',
    { headers: { authorization: null } },
  ],
  [
    'an unknown client',
    401,
    'invalid_client',
    '/oauth2/token?grant_type=client_credentials',
    { headers: { authorization: basic('nobody', 'x') } },
  ],
  [
    'garbage credentials',
    401,
    'invalid_client',
    '/oauth2/token',
    { headers: { authorization: 'Basic !!!' } },
  ],
  [
    'credentials without a colon',
    401,
    'invalid_client',
    '/oauth2/token',
    { headers: { authorization: 'Basic YWJj' } },
  ],
  ['no grant type', 400, 'invalid_request', '/oauth2/token', {}],
  ['another grant type', 400, 'unsupported_grant_type', '/oauth2/token?grant_type=password', {}],
])('rule 18: the token endpoint refuses %s as OAuth says', async (_, status, error, path, sent) => {
  const answer = await token(path, sent);
  expect(answer).toMatchObject({ status, json: { error } });
  expect(answer.headers.get('www-authenticate') !== null).toBe(status === 401);
});

it('rule 18: a wrong password and an unknown client cannot be told apart', async () => {
  const { clientId } = rules.fleet.credentials;
  const ask = (authorization: string) =>
    token('/oauth2/token?grant_type=client_credentials', { headers: { authorization } });
  const [wrong, unknown] = [await ask(basic(clientId, 'wrong')), await ask(basic('nobody', 'wrong'))];
  expect(wrong.status).toBe(401);
  expect(wrong.text).toBe(unknown.text);
});

it('takes a token until it expires, and says so then', async () => {
  await rules.fleet.advance(3_599_000);
  expect((await rules.send('/describeSessions')).status).toBe(200);
  await rules.fleet.advance(2_000);
  const answer = await rules.send('/describeSessions');
  expect(answer).toMatchObject({
    status: 401,
    json: { error: expect.stringContaining('has expired') as string },
  });
  expect(answer.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
});

it('takes the word Bearer in any case, and no other scheme', async () => {
  const status = async (authorization: string) =>
    (await rules.send('/describeSessions', { headers: { authorization } })).status;
  expect(await status(`bearer ${rules.token}`)).toBe(200);
  expect(await status(`BEARER  ${rules.token} `)).toBe(200);
  for (const wrong of ['Bearer', 'Bearer ', `Basic ${rules.token}`, rules.token, `Bearer ${rules.token} x`]) {
    expect(await status(wrong)).toBe(401);
  }
});

it('does not issue tokens with enable-authorization-server = false', async () => {
  await using closed = await RulesFleet.start({
    properties: ['enable-authorization = false', 'enable-authorization-server = false', 'store = memory'],
  });
  expect(await closed.send('/oauth2/token?grant_type=client_credentials')).toMatchObject({ status: 404 });
});

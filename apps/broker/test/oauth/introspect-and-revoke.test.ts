import { basic, OAuthFleet, type Credentials } from './oauth-fleet.js';

let oauth: OAuthFleet;
let limited: Credentials;
beforeEach(async () => {
  oauth = await OAuthFleet.start();
  limited = await oauth.register('limited', { scopes: ['read'] });
});
afterEach(() => oauth[Symbol.asyncDispose]());

const introspect = (token: string, client: Credentials = oauth.client) =>
  oauth.post('/oauth2/introspect', { token }, { authorization: basic(client) });
const revoke = (token: string, client: Credentials = oauth.client) =>
  oauth.post('/oauth2/revoke', { token, token_type_hint: 'access_token' }, { authorization: basic(client) });

it('tells a client about its own token', async () => {
  const nowSeconds = Math.floor(oauth.fleet.clock.now() / 1000);
  const answer = await introspect(await oauth.token(limited), limited);
  expect(answer).toMatchObject({ status: 200 });
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.json).toEqual({
    active: true,
    scope: 'read',
    client_id: limited.id,
    token_type: 'Bearer',
    exp: nowSeconds + 3600,
    iat: nowSeconds,
    sub: limited.id,
    aud: 'dcv-session-manager',
    iss: oauth.fleet.url,
    jti: expect.any(String) as string,
  });
});

it("tells nobody about another's token but who may administer", async () => {
  const [own, other] = [await oauth.token(), await oauth.token(limited)];
  expect((await introspect(own, limited)).json).toEqual({ active: false });
  expect((await introspect(other)).json).toMatchObject({ active: true, client_id: limited.id });
});

it('takes for inactive what is forged, expired or revoked, or of an unregistered client', async () => {
  const [first, second] = [await oauth.token(limited), await oauth.token(limited)];
  await revoke(first, limited);
  await oauth.fleet.broker.clients.deactivate(limited.id);
  for (const token of [first, second, 'x', `${second}x`]) {
    expect((await introspect(token)).json).toEqual({ active: false });
  }
  const own = await oauth.token();
  await oauth.fleet.advance(3_600_000);
  expect((await introspect(own)).json).toEqual({ active: false });
});

it.each(['/oauth2/introspect', '/oauth2/revoke'])('%s needs a client and a token', async (path) => {
  const nobody = await oauth.post(path, { token: 'x' }, {});
  expect(nobody).toMatchObject({ status: 401, json: { error: 'invalid_client' } });
  expect(await oauth.post(path, {})).toMatchObject({ status: 400, json: { error: 'invalid_request' } });
  expect(await oauth.post(`${path}?token=x`, {})).toMatchObject({
    status: 400,
    json: { error: 'invalid_request' },
  });
  expect(await oauth.get(path)).toMatchObject({ status: 405 });
});

it('takes a token back at once, though it was used before, and leaves the others', async () => {
  const [token, other] = [await oauth.token(), await oauth.token()];
  expect(await oauth.use(token)).toMatchObject({ status: 200 });
  expect(await revoke(token)).toMatchObject({ status: 200 });
  expect(await oauth.use(token)).toMatchObject({
    status: 401,
    json: { error: 'Not authorized: the access token is not valid; request a new one' },
  });
  expect(await oauth.use(other)).toMatchObject({ status: 200 });
  expect(await revoke(token)).toMatchObject({ status: 200 });
});

it('answers 200 for what is no token of ours', async () => {
  for (const token of ['x', `${await oauth.token()}x`]) {
    expect(await revoke(token)).toMatchObject({ status: 200, json: {} });
  }
});

it("does not take back another client's token", async () => {
  const token = await oauth.token();
  expect(await revoke(token, limited)).toMatchObject({
    status: 400,
    json: { error: 'unauthorized_client' },
  });
  expect(await oauth.use(token)).toMatchObject({ status: 200 });
});

it('remembers a revocation over a restart', async () => {
  const first = await OAuthFleet.start({ properties: [] });
  const token = await first.token();
  await first.post('/oauth2/revoke', { token });
  await first.fleet.stop();
  const { workingPath, clock } = first.fleet;
  await using second = await OAuthFleet.start({ properties: [], workingPath, clock });
  expect(await second.use(token)).toMatchObject({ status: 401 });
});

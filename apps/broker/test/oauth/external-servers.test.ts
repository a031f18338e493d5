import { registerAuthServer } from '../../src/admin/auth-server-commands.js';
import { ExternalFleet } from './external-fleet.js';
import { OAuthFleet } from './oauth-fleet.js';

let outer: ExternalFleet;
beforeEach(async () => {
  outer = await ExternalFleet.start();
});
afterEach(() => outer[Symbol.asyncDispose]());

describe('the commands', () => {
  it('print what the original prints', async () => {
    expect(await outer.list()).toBe('Urls: [ ]\n');
    expect(await outer.register()).toBe('Jwk url registered.\n');
    expect(await outer.list()).toBe(`Urls: [ "${outer.server.url}" ]\n`);
    const second = 'http://localhost:1/jwks.json';
    await outer.register({}, second);
    expect(await outer.list()).toBe(`Urls: [ "${outer.server.url}", "${second}" ]\n`);
    expect(await outer.unregister()).toBe(`Jwk url${outer.server.url} unregistered\n`);
    expect(await outer.list()).toBe(`Urls: [ "${second}" ]\n`);
  });

  it('register a server again with other options, as installers do until it is listed', async () => {
    await outer.register();
    expect(await outer.register({ algorithm: 'RS256', audience: 'a', scopes: ['read=x'] })).toBe(
      'Jwk url registered.\n',
    );
    expect(await outer.list(true)).toContain(
      '"algorithm" : "RS256",\n  "issuer" : null,\n  "audience" : "a",\n  "scopes" : [ {\n',
    );
    expect(await outer.list()).toBe(`Urls: [ "${outer.server.url}" ]\n`);
  });

  it('say early that keys cannot be had, and register the server nevertheless', async () => {
    await outer.register({}, 'http://127.0.0.1:1/jwks.json');
    expect(outer.warnings).toEqual([expect.stringMatching(/^Warning: it is registered, .*ECONNREFUSED/)]);
    outer.server.keys = [];
    await outer.register();
    expect(outer.warnings[1]).toContain('none of the 0 keys');
    expect(await outer.list()).toContain(outer.server.url);
  });

  it.each([
    ['http://auth.example.com/jwks.json', 'must begin with https://'],
    ['http://127.0.0.1.example.com/jwks.json', 'must begin with https://'],
    ['ftp://auth.example.com/', 'must be a URL'],
    ['auth.example.com', 'must be a URL'],
    ['https://user:secret@auth.example.com/', 'no user, password or fragment'],
    ['', 'must not be empty'],
  ])('refuse the address %j', async (url, words) => {
    await expect(outer.register({}, url)).rejects.toThrow(words);
    expect(await outer.list()).toBe('Urls: [ ]\n');
  });

  it('name an algorithm that is none of ours, and an unknown server', async () => {
    await expect(outer.register({ algorithm: 'HS256' })).rejects.toThrow('algorithm');
    await expect(outer.unregister('https://x')).rejects.toThrow(
      'there is no authorization server with the url https://x',
    );
  });
});

it("takes the server's tokens, beside the broker's own, until it is unregistered", async () => {
  const token = outer.token();
  expect(await outer.use(token)).toMatchObject({ status: 401 });
  await outer.register();
  for (const each of [token, token, await outer.oauth.token()])
    expect((await outer.use(each)).status).toBe(200);
  await outer.unregister();
  expect(await outer.use(token)).toMatchObject({ status: 401 });
});

it('judges tokens anew when the options of their server change', async () => {
  const token = outer.token();
  await outer.register();
  expect(await outer.use(token)).toMatchObject({ status: 200 });
  await outer.register({ audience: 'desktops' });
  expect(await outer.use(token)).toMatchObject({
    status: 401,
    json: { error: 'Not authorized: the access token is for another audience' },
  });
});

it('knows its servers after a restart', async () => {
  const first = await OAuthFleet.start({ properties: [] });
  await registerAuthServer(first.fleet.broker.adminSocket, outer.server.url, { warn: () => undefined });
  await first.fleet.stop();
  const { workingPath, clock } = first.fleet;
  await using second = await OAuthFleet.start({ properties: [], workingPath, clock });
  expect(await second.use(outer.token())).toMatchObject({ status: 200 });
});

it.each<[string, object, string[], number]>([
  ['a scope of Cognito', {}, ['dcv-session-manager/sm_scope'], 200],
  ['roles of Azure AD', { scope: undefined, roles: ['Desktops.Use'] }, ['read=Desktops.Use'], 200],
  ['scp of Azure AD', { scope: undefined, scp: 'a b' }, ['read=b'], 200],
  ['another scope', {}, ['dcv-session-manager/sm'], 403],
  ['a scope for something else', {}, ['administer=dcv-session-manager/sm_scope'], 403],
  ['none', { scope: undefined }, ['x'], 403],
])('maps scopes: %s', async (_, changes, scopes, status) => {
  await outer.register({ scopes });
  expect((await outer.use(outer.token(changes))).status).toBe(status);
});

import { createPublicKey, type JsonWebKey } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { renewAuthServerApiKey } from '../../src/admin/signing-key-commands.js';
import { OAuthFleet } from './oauth-fleet.js';

let oauth: OAuthFleet;
beforeEach(async () => {
  oauth = await OAuthFleet.start();
});
afterEach(() => oauth[Symbol.asyncDispose]());

interface Jwk extends JsonWebKey {
  readonly kid: string;
}

const published = async (): Promise<readonly Jwk[]> =>
  ((await oauth.get('/oauth2/jwks')).json as { keys: Jwk[] }).keys;
const renew = (revoke: boolean): Promise<string> =>
  renewAuthServerApiKey(oauth.fleet.broker.adminSocket, { revoke });

it('publishes the keys by which others can verify its tokens', async () => {
  const token = await oauth.token();
  const [key] = await published();
  const verified = jwt.verify(token, createPublicKey({ key: key!, format: 'jwk' }), {
    algorithms: ['ES256'],
    audience: 'dcv-session-manager',
    issuer: oauth.fleet.url,
    clockTimestamp: oauth.fleet.clock.now() / 1000,
    complete: true,
  });
  expect(verified.header).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: key!.kid });
});

it('renew-auth-server-api-key lets tokens live out their time, and forgets the old key then', async () => {
  const token = await oauth.token();
  expect(await renew(false)).toBe('Keys renewed.\n');
  expect(await published()).toHaveLength(2);
  await oauth.fleet.advance(3_590_000);
  expect(await oauth.use(token)).toMatchObject({ status: 200 });
  await oauth.fleet.advance(70_000);
  expect(await published()).toHaveLength(1);
  expect(await oauth.use(await oauth.token())).toMatchObject({ status: 200 });
});

it('renew-auth-server-api-key --revoke ends them at once, though they were used before', async () => {
  const token = await oauth.token();
  expect(await oauth.use(token)).toMatchObject({ status: 200 });
  expect(await renew(true)).toBe('Keys renewed.\n');
  expect(await oauth.use(token)).toMatchObject({ status: 401 });
  expect(await oauth.use(await oauth.token())).toMatchObject({ status: 200 });
  expect(await published()).toHaveLength(1);
});

const METADATA = '/.well-known/oauth-authorization-server';

it('describes itself by the name that it is called by', async () => {
  const answer = await oauth.get(METADATA);
  const { url } = oauth.fleet;
  expect(answer).toMatchObject({ status: 200 });
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.json).toMatchObject({
    issuer: url,
    token_endpoint: `${url}/oauth2/token`,
    jwks_uri: `${url}/oauth2/jwks`,
    introspection_endpoint: `${url}/oauth2/introspect`,
    revocation_endpoint: `${url}/oauth2/revoke`,
    grant_types_supported: ['client_credentials'],
    scopes_supported: ['read', 'operate', 'administer'],
    response_types_supported: [],
  });
});

it('has the configured name wherever it is called, and takes no tokens of another', async () => {
  const first = await OAuthFleet.start({ properties: [] });
  const named = await first.token();
  await first.fleet.stop();
  const { workingPath, clock } = first.fleet;
  const properties = ['oauth-issuer = https://login.example.com'];
  await using second = await OAuthFleet.start({ properties, workingPath, clock });
  expect((await second.get(METADATA)).json).toMatchObject({ issuer: 'https://login.example.com' });
  expect(jwt.decode(await second.token())).toMatchObject({ iss: 'https://login.example.com' });
  expect(await second.use(await second.token())).toMatchObject({ status: 200 });
  expect(await second.use(named)).toMatchObject({ status: 401 });
});

it('serves nothing of it with enable-authorization-server = false, and takes no token of its own', async () => {
  const issuing = await OAuthFleet.start({ properties: [] });
  const token = await issuing.token();
  await issuing.fleet.stop();
  const { workingPath, clock } = issuing.fleet;
  const properties = ['enable-authorization-server = false'];
  await using closed = await OAuthFleet.start({ properties, workingPath, clock });
  for (const path of ['/oauth2/jwks', METADATA, '/oauth2/token', '/oauth2/introspect', '/oauth2/revoke']) {
    expect(await closed.get(path)).toMatchObject({ status: 404 });
  }
  expect(await closed.use(token)).toMatchObject({ status: 401 });
});

it('ignores a token with enable-authorization = false', async () => {
  await using open = await OAuthFleet.start({
    properties: ['store = memory', 'enable-authorization = false'],
  });
  expect(await open.use('nonsense')).toMatchObject({ status: 200 });
  expect(await open.use(await open.token())).toMatchObject({ status: 200 });
});

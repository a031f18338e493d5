import { createHmac, createPublicKey } from 'node:crypto';
import { ExternalFleet, externalKey } from './external-fleet.js';
import { p256Key, rsaKey, signedToken } from './key-server.js';

let outer: ExternalFleet;
beforeAll(async () => {
  outer = await ExternalFleet.start();
});
afterAll(() => outer[Symbol.asyncDispose]());

describe('what is forged', () => {
  const foreign = rsaKey('k1');
  const pem = createPublicKey(externalKey.key).export({ type: 'spki', format: 'pem' });
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const hmac = (header: object): string => {
    const text = `${encode(header)}.${encode(outer.claims())}`;
    return `${text}.${createHmac('sha256', pem).update(text).digest('base64url')}`;
  };
  beforeAll(() => outer.register({ issuer: 'https://cognito-idp.us-east-1.amazonaws.com/pool' }));

  it.each<[string, () => string]>([
    ['no signature', () => `${encode({ alg: 'none', kid: 'k1' })}.${encode(outer.claims())}.`],
    ['HS256 with the public key', () => hmac({ alg: 'HS256', kid: 'k1' })],
    ['HS256 that says RS256', () => hmac({ alg: 'RS256', kid: 'k1' })],
    ['a stranger with the same kid', () => signedToken(foreign, outer.claims())],
    ['a kid that nobody has', () => signedToken({ ...externalKey, kid: 'k2' }, outer.claims())],
    ['a kid that is a path', () => signedToken({ ...externalKey, kid: '../../dev/null' }, outer.claims())],
    [
      'another algorithm than the key is for',
      () => signedToken(externalKey, outer.claims(), { alg: 'PS256' }),
    ],
    ['a key of another type', () => signedToken(p256Key('k1'), outer.claims())],
    [
      'an address of keys in the token',
      () => signedToken(foreign, outer.claims(), { jku: outer.server.url }),
    ],
    ['an end that has passed', () => outer.token({ exp: outer.nowSeconds - 1 })],
    ['no end', () => outer.token({ exp: undefined })],
    ['a beginning ahead', () => outer.token({ nbf: outer.nowSeconds + 120 })],
    ['another issuer', () => outer.token({ iss: 'https://elsewhere' })],
    ['what tells of a person', () => outer.token({ token_use: 'id' })],
    ['nobody', () => outer.token({ client_id: undefined, sub: undefined })],
    ['too much', () => outer.token({ more: 'x'.repeat(8192) })],
  ])('%s: 401', async (_, forge) => {
    const answer = await outer.use(forge());
    expect(answer).toMatchObject({ status: 401 });
    expect((answer.json as { error: string }).error).toMatch(/^Not authorized: the (?:access )?token /);
  });

  it('but the same without the mistake is taken', async () => {
    expect(await outer.use(outer.token({ nbf: outer.nowSeconds + 20 }))).toMatchObject({
      status: 200,
    });
  });
});

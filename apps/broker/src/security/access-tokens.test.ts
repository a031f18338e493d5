import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  type KeyObject,
} from 'node:crypto';
import { countedIds, ManualClock } from '@dcvsm/testkit';
import { AccessTokens, newAccessTokenKey } from './access-tokens.js';

const privateKeyPem = newAccessTokenKey();
const key = createPrivateKey(privateKeyPem);
const publicKey = createPublicKey(key);
let clock: ManualClock;
let tokens: AccessTokens;
beforeEach(() => {
  clock = new ManualClock();
  tokens = new AccessTokens({ privateKeyPem, clock, ids: countedIds() });
});

const HEADER = { alg: 'ES256', typ: 'at+jwt' };
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const decode = (part: string | undefined): unknown =>
  JSON.parse(Buffer.from(part ?? '', 'base64url').toString());

function claims(changes: Record<string, unknown> = {}): Record<string, unknown> {
  const seconds = clock.now() / 1000;
  return {
    sub: 'c1',
    client_id: 'c1',
    aud: 'dcv-session-manager',
    iat: seconds,
    exp: seconds + 3600,
    jti: 'j',
    ...changes,
  };
}

function signed(
  header: object,
  payload: unknown,
  by: KeyObject = key,
  dsaEncoding: 'ieee-p1363' | 'der' = 'ieee-p1363',
): string {
  const text = `${encode(header)}.${encode(payload)}`;
  return `${text}.${sign('sha256', Buffer.from(text), { key: by, dsaEncoding }).toString('base64url')}`;
}

function hmac(header: object, payload: unknown, secret: string | Buffer): string {
  const text = `${encode(header)}.${encode(payload)}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

it('issues ES256 tokens with the claims of RFC 9068 that it can fill', () => {
  const [header, payload] = tokens.issue('c1').split('.');
  expect(decode(header)).toEqual(HEADER);
  expect(decode(payload)).toEqual(claims({ jti: '00000000-0000-4000-8000-000000000001' }));
});

it('reads its own tokens, also those of an earlier start with the same key', () => {
  const token = tokens.issue('c1');
  const later = new AccessTokens({ privateKeyPem, clock, ids: countedIds() });
  for (const reader of [tokens, later, later])
    expect(reader.read(token)).toEqual({ kind: 'valid', clientId: 'c1' });
  expect(tokens.read(signed(HEADER, claims()))).toEqual({ kind: 'valid', clientId: 'c1' });
});

it('ends a token at its second, whether it was read before or not', async () => {
  const [read, unread] = [tokens.issue('c1'), tokens.issue('c1')];
  await clock.advance(3_599_999);
  expect(tokens.read(read)).toEqual({ kind: 'valid', clientId: 'c1' });
  await clock.advance(1);
  for (const token of [read, unread]) {
    expect(tokens.read(token)).toEqual({ kind: 'invalid', reason: 'the access token has expired' });
  }
});

const pem = publicKey.export({ type: 'spki', format: 'pem' }) as string;
const der = publicKey.export({ type: 'spki', format: 'der' });
const p256 = (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

it.each<[string, () => string]>([
  ['none', () => `${encode({ alg: 'none', typ: 'at+jwt' })}.${encode(claims())}.`],
  ['HS256 with the public key as text', () => hmac({ alg: 'HS256' }, claims(), pem)],
  ['HS256 with the public key as bytes', () => hmac({ alg: 'HS256' }, claims(), der)],
  ['HS256 with an empty secret', () => hmac({ alg: 'HS256' }, claims(), '')],
  ['HS256 that says ES256', () => hmac(HEADER, claims(), pem)],
  ["another broker's key", () => signed(HEADER, claims(), p256())],
  [
    "another broker's key, sent along",
    () => {
      const other = p256();
      return signed({ ...HEADER, jwk: createPublicKey(other).export({ format: 'jwk' }) }, claims(), other);
    },
  ],
  ['a key to be fetched', () => signed({ ...HEADER, jku: 'https://elsewhere/jwks.json' }, claims(), p256())],
  ['a kid that is a path', () => signed({ ...HEADER, kid: '../../../../dev/null' }, claims(), p256())],
  ['a kid that is SQL', () => signed({ ...HEADER, kid: "' union select 'x" }, claims(), p256())],
  [
    'another curve',
    () => signed(HEADER, claims(), generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey),
  ],
  ['ES384 in name', () => signed({ ...HEADER, alg: 'ES384' }, claims())],
  [
    'RS256',
    () => {
      const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      const text = `${encode({ alg: 'RS256' })}.${encode(claims())}`;
      return `${text}.${sign('sha256', Buffer.from(text), privateKey).toString('base64url')}`;
    },
  ],
  ['the signature as DER', () => signed(HEADER, claims(), key, 'der')],
  ['a wrong audience', () => signed(HEADER, claims({ aud: 'elsewhere' }))],
  ['no audience', () => signed(HEADER, claims({ aud: undefined }))],
  ['not valid yet', () => signed(HEADER, claims({ nbf: clock.now() / 1000 + 60 }))],
  ['no end', () => signed(HEADER, claims({ exp: undefined }))],
  ['an end that is no number', () => signed(HEADER, claims({ exp: 'never' }))],
  ['no client', () => signed(HEADER, claims({ client_id: undefined }))],
  ['a client that is no text', () => signed(HEADER, claims({ client_id: ['c1'] }))],
  ['claims that are no object', () => signed(HEADER, 'claims')],
  ['a token in a token', () => signed({ ...HEADER, cty: 'JWT' }, signed(HEADER, claims()))],
  ['a huge token', () => signed(HEADER, claims({ more: 'x'.repeat(8192) }))],
  ['nothing', () => ''],
  ['dots', () => '..'],
])('refuses %s', (_, attack) => {
  const read = tokens.read(attack());
  expect(read).toMatchObject({ kind: 'invalid' });
  if (read.kind === 'invalid') expect(read.reason).toMatch(/^the access token (is not valid|is too long)$/);
});

it('says of an expired token only that, and only if it was one of ours', () => {
  const ended = claims({ exp: clock.now() / 1000 - 1 });
  expect(tokens.read(signed(HEADER, ended))).toMatchObject({ reason: 'the access token has expired' });
  expect(tokens.read(signed(HEADER, ended, p256()))).toMatchObject({
    reason: 'the access token is not valid',
  });
});

import { createHmac, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { countedIds, ManualClock } from '@dcvsm/testkit';
import { allScopes } from '../../domain/caller.js';
import { MemoryStore } from '../../store/memory-store.js';
import { AccessTokens } from './access-tokens.js';
import { RevokedTokens } from './revoked-tokens.js';
import { SigningKeys } from './signing-keys.js';

const ISSUER = 'https://broker.example.com';
let clock: ManualClock;
let keys: SigningKeys;
let revoked: RevokedTokens;
let tokens: AccessTokens;
let key: KeyObject;
let header: { alg: string; typ: string; kid: string };
beforeEach(async () => {
  clock = new ManualClock();
  const store = new MemoryStore();
  keys = await SigningKeys.load(store, clock, 3_600_000);
  revoked = await RevokedTokens.load(store, clock);
  tokens = reader(null);
  const current = keys.current();
  key = current.privateKey;
  header = { alg: 'ES256', typ: 'at+jwt', kid: current.id };
});

const reader = (issuer: string | null): AccessTokens =>
  new AccessTokens({ keys, revoked, issuer, clock, ids: countedIds() });
const issue = (): string => tokens.issue('c1', allScopes, ISSUER).text;
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const decode = (part: string | undefined): unknown =>
  JSON.parse(Buffer.from(part ?? '', 'base64url').toString());

function claims(changes: Record<string, unknown> = {}): Record<string, unknown> {
  const seconds = clock.now() / 1000;
  return {
    iss: ISSUER,
    sub: 'c1',
    client_id: 'c1',
    aud: 'dcv-session-manager',
    iat: seconds,
    exp: seconds + 3600,
    jti: 'j',
    scope: 'read operate administer',
    ...changes,
  };
}

function signed(
  head: object,
  payload: unknown,
  by: KeyObject = key,
  dsaEncoding: 'ieee-p1363' | 'der' = 'ieee-p1363',
): string {
  const text = `${encode(head)}.${encode(payload)}`;
  return `${text}.${sign('sha256', Buffer.from(text), { key: by, dsaEncoding }).toString('base64url')}`;
}

function hmac(head: object, payload: unknown, secret: string | Buffer): string {
  const text = `${encode(head)}.${encode(payload)}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

it('issues ES256 tokens after RFC 9068', () => {
  const { id, text } = tokens.issue('c1', new Set(['read', 'operate']), ISSUER);
  const [head, payload] = text.split('.');
  expect(decode(head)).toEqual(header);
  expect(decode(payload)).toEqual(claims({ jti: id, scope: 'read operate' }));
});

it('reads its own tokens', () => {
  expect(tokens.read(issue())).toEqual({
    kind: 'valid',
    token: {
      id: '00000000-0000-4000-8000-000000000001',
      clientId: 'c1',
      scopes: allScopes,
      issuer: ISSUER,
      keyId: header.kid,
      issuedAtMs: clock.now(),
      expiresAtMs: clock.now() + 3_600_000,
    },
  });
});

it('reads tokens of earlier releases: no key id, no issuer, no scope', () => {
  const old = signed({ alg: 'ES256', typ: 'at+jwt' }, claims({ iss: undefined, scope: undefined }));
  for (const each of [tokens, reader(ISSUER)]) {
    expect(each.read(old)).toMatchObject({ kind: 'valid', token: { clientId: 'c1', scopes: allScopes } });
  }
});

it('ends a token at its second', async () => {
  const token = issue();
  await clock.advance(3_599_999);
  expect(tokens.read(token)).toMatchObject({ kind: 'valid' });
  await clock.advance(1);
  expect(tokens.read(token)).toEqual({
    kind: 'refused',
    reason: 'the access token has expired; request a new one',
  });
});

it('takes tokens of former keys until those are revoked', async () => {
  const token = issue();
  await keys.renew({ revoke: false });
  expect(tokens.read(token)).toMatchObject({ kind: 'valid' });
  await keys.renew({ revoke: true });
  expect(tokens.read(token)).toEqual({ kind: 'unknown-key' });
  expect(tokens.read(issue())).toMatchObject({ kind: 'valid' });
});

it('does not take a token that was taken back, and forgets that when it would have expired', async () => {
  const [token, other] = [tokens.issue('c1', allScopes, ISSUER), issue()];
  await revoked.revoke(token.id, { clientId: 'c1', expiresAtMs: clock.now() + 3_600_000 });
  expect(tokens.read(token.text)).toMatchObject({ kind: 'refused' });
  expect(tokens.read(other)).toMatchObject({ kind: 'valid' });
  await clock.advance(3_599_999);
  await revoked.forgetExpired();
  expect(revoked.has(token.id)).toBe(true);
  await clock.advance(1);
  await revoked.forgetExpired();
  expect(revoked.has(token.id)).toBe(false);
});

it('takes only tokens of its issuer if it has one', () => {
  expect(reader(ISSUER).read(issue())).toMatchObject({ kind: 'valid' });
  expect(reader('https://elsewhere.example.com').read(issue())).toMatchObject({ kind: 'refused' });
});

const pem = (): string => createPublicKey(key).export({ type: 'spki', format: 'pem' }) as string;
const der = (): Buffer => createPublicKey(key).export({ type: 'spki', format: 'der' });
const p256 = (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

it.each<[string, () => string]>([
  ['none', () => `${encode({ ...header, alg: 'none' })}.${encode(claims())}.`],
  ['HS256 with the public key as text', () => hmac({ ...header, alg: 'HS256' }, claims(), pem())],
  ['HS256 with the public key as bytes', () => hmac({ ...header, alg: 'HS256' }, claims(), der())],
  ['HS256 with an empty secret', () => hmac({ ...header, alg: 'HS256' }, claims(), '')],
  ['HS256 that says ES256', () => hmac(header, claims(), pem())],
  ["another broker's key", () => signed(header, claims(), p256())],
  [
    "another broker's key, sent along",
    () => {
      const other = p256();
      return signed({ ...header, jwk: createPublicKey(other).export({ format: 'jwk' }) }, claims(), other);
    },
  ],
  ['a key to be fetched', () => signed({ ...header, jku: 'https://elsewhere/jwks.json' }, claims(), p256())],
  ['a kid that is a path', () => signed({ ...header, kid: '../../../../dev/null' }, claims())],
  ['a kid that is SQL', () => signed({ ...header, kid: "' union select 'x" }, claims())],
  ['a kid that every object has', () => signed({ ...header, kid: '__proto__' }, claims())],
  ['a kid that is no text', () => signed({ ...header, kid: [header.kid] }, claims())],
  [
    'another curve',
    () => signed(header, claims(), generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey),
  ],
  ['ES384 in name', () => signed({ ...header, alg: 'ES384' }, claims())],
  [
    'RS256',
    () => {
      const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      const text = `${encode({ ...header, alg: 'RS256' })}.${encode(claims())}`;
      return `${text}.${sign('sha256', Buffer.from(text), privateKey).toString('base64url')}`;
    },
  ],
  ['the signature as DER', () => signed(header, claims(), key, 'der')],
  ['another type', () => signed({ ...header, typ: 'JWT' }, claims())],
  ['no type', () => signed({ ...header, typ: undefined }, claims())],
  ['an extension that must be known', () => signed({ ...header, crit: ['b64'], b64: false }, claims())],
  ['a wrong audience', () => signed(header, claims({ aud: 'elsewhere' }))],
  ['no audience', () => signed(header, claims({ aud: undefined }))],
  ['not valid yet', () => signed(header, claims({ nbf: clock.now() / 1000 + 60 }))],
  ['no end', () => signed(header, claims({ exp: undefined }))],
  ['an end that is no number', () => signed(header, claims({ exp: 'never' }))],
  ['an end beyond all numbers', () => signed(header, claims()).replace(/\.[^.]+\./, `.${hugeExp()}.`)],
  ['no client', () => signed(header, claims({ client_id: undefined }))],
  ['no id', () => signed(header, claims({ jti: undefined }))],
  ['a client that is no text', () => signed(header, claims({ client_id: ['c1'] }))],
  ['claims that are no object', () => signed(header, 'claims')],
  ['a token in a token', () => signed({ ...header, cty: 'JWT' }, signed(header, claims()))],
  ['a huge token', () => signed(header, claims({ more: 'x'.repeat(8192) }))],
  ['characters that are not of the form', () => signed(header, claims()).replace('.', '. ')],
  ['padding', () => `${signed(header, claims())}=`],
  ['nothing', () => ''],
  ['dots', () => '..'],
])('refuses %s', (_, attack) => {
  const read = tokens.read(attack());
  expect(read.kind).not.toBe('valid');
  if (read.kind === 'refused') expect(read.reason).toBe('the access token is not valid; request a new one');
});

const hugeExp = (): string =>
  Buffer.from(JSON.stringify(claims()).replace(/"exp":\d+/, '"exp":1e999')).toString('base64url');

it('says of an expired token only that, and only if it was one of ours', () => {
  const ended = claims({ exp: clock.now() / 1000 - 1 });
  expect(tokens.read(signed(header, ended))).toMatchObject({ reason: expect.stringContaining('expired') });
  expect(tokens.read(signed(header, ended, p256()))).toMatchObject({
    reason: 'the access token is not valid; request a new one',
  });
});

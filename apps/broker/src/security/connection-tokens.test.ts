import { createHmac } from 'node:crypto';
import { countedIds, ManualClock } from '@dcvsm/testkit';
import { ConnectionTokens, lifeDigest } from './connection-tokens.js';

const SECRET = Buffer.alloc(32, 7).toString('base64url');
const CLAIMS = { sessionId: 'console', life: 'first', owner: 'alice', user: 'DOM\\bob' };
let clock: ManualClock;
let tokens: ConnectionTokens;
beforeEach(() => {
  clock = new ManualClock();
  tokens = new ConnectionTokens({ secret: SECRET, lifetimeMs: 60_000, clock, ids: countedIds() });
});

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function signed(header: object, payload: unknown, secret: Buffer): string {
  const text = `${encode(header)}.${encode(payload)}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

it('carries who may connect to what, in the claims of the original', () => {
  const token = tokens.issue(CLAIMS);
  expect(tokens.read(token)).toEqual({ kind: 'valid', claims: CLAIMS });
  const seconds = clock.now() / 1000;
  expect(JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString())).toEqual({
    dcvSessionId: 'console',
    dcvSessionLife: 'first',
    dcvSessionOwner: 'alice',
    dcvSessionUser: 'DOM\\bob',
    iat: seconds,
    exp: seconds + 60,
    jti: '00000000-0000-4000-8000-000000000001',
  });
});

it('is another one each time, and ends when its time is over', async () => {
  const [first, second] = [tokens.issue(CLAIMS), tokens.issue(CLAIMS)];
  expect(first).not.toBe(second);
  await clock.advance(59_999);
  expect(tokens.read(first)).toMatchObject({ kind: 'valid' });
  await clock.advance(1);
  expect(tokens.read(first)).toEqual({ kind: 'invalid', reason: 'the token has expired' });
});

it.each<[string, () => string]>([
  ['nothing', () => ''],
  ['no token', () => 'a.b.c'],
  ['an unsigned one', () => `${encode({ alg: 'none' })}.${encode({ dcvSessionId: 'console', exp: 9e9 })}.`],
  [
    'one of another secret',
    () => signed({ alg: 'HS256' }, { dcvSessionId: 'console', exp: 9e9 }, Buffer.alloc(32, 8)),
  ],
  [
    'another algorithm',
    () => signed({ alg: 'HS512' }, { dcvSessionId: 'console', exp: 9e9 }, Buffer.alloc(32, 7)),
  ],
  ['one that is huge', () => `${encode({ alg: 'HS256' })}.${encode({ dcvSessionId: 'x'.repeat(60_000) })}.x`],
  [
    'one that names its own key',
    () =>
      signed({ alg: 'HS256', kid: '/dev/null', jwk: { kty: 'oct', k: '' } }, { exp: 9e9 }, Buffer.alloc(0)),
  ],
  [
    'one said to be signed with another kind of key',
    () => `${encode({ alg: 'RS256' })}.${encode({ dcvSessionId: 'console', exp: 9e9 })}.AAAA`,
  ],
  [
    'changed claims',
    () => {
      const [header, , signature] = tokens.issue(CLAIMS).split('.');
      return `${header}.${encode({ dcvSessionId: 'console', dcvSessionOwner: 'alice', dcvSessionUser: 'root' })}.${signature}`;
    },
  ],
])('refuses %s', (_, attack) => {
  expect(tokens.read(attack())).toEqual({ kind: 'invalid', reason: 'the token is not valid' });
});

it('refuses what is signed with its key but is no connection token', () => {
  const token = signed({ alg: 'HS256' }, { dcvSessionId: 5 }, Buffer.alloc(32, 7));
  expect(tokens.read(token)).toEqual({ kind: 'invalid', reason: 'the token is not a connection token' });
});

it('reads tokens of a broker that shares its secret, and so its own after a restart', () => {
  const other = new ConnectionTokens({ secret: SECRET, lifetimeMs: 1000, clock, ids: countedIds() });
  expect(other.read(tokens.issue(CLAIMS))).toEqual({ kind: 'valid', claims: CLAIMS });
});

it('tells the lives of sessions apart without showing them', () => {
  expect(lifeDigest('console@s1')).toBe(lifeDigest('console@s1'));
  expect(lifeDigest('console@s1')).not.toBe(lifeDigest('console@s2'));
  expect(lifeDigest('console@s1')).not.toContain('s1');
});

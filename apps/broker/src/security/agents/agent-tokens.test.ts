import { systemIds } from '@dcvsm/runtime';
import { ManualClock } from '@dcvsm/testkit';
import jwt from 'jsonwebtoken';
import { AGENT_TOKEN_LIFETIME_SECONDS, AgentTokens } from './agent-tokens.js';

const SECRET = systemIds().secret(32);
const KEY = Buffer.from(SECRET, 'base64url');
let clock: ManualClock;
let tokens: AgentTokens;
beforeEach(() => {
  clock = new ManualClock();
  tokens = new AgentTokens({ secret: SECRET, clock, ids: systemIds() });
});

it('says which client a token is of, until it ends', async () => {
  const token = tokens.issue('client-1');
  const lifetimeMs = AGENT_TOKEN_LIFETIME_SECONDS * 1000;
  const valid = { kind: 'valid', clientId: 'client-1', expiresAtMs: clock.now() + lifetimeMs };
  expect(tokens.read(token)).toEqual(valid);
  await clock.advance(lifetimeMs - 1000);
  expect(tokens.read(token)).toEqual(valid);
  await clock.advance(1000);
  expect(tokens.read(token)).toMatchObject({ kind: 'invalid', reason: 'the access token has expired' });
});

it.each<[string, () => string]>([
  [
    'of another key',
    () => new AgentTokens({ secret: systemIds().secret(32), clock, ids: systemIds() }).issue('c'),
  ],
  [
    'without a signature',
    () => jwt.sign({ client_id: 'c', aud: 'dcv-session-manager-agent' }, '', { algorithm: 'none' }),
  ],
  ['for REST clients', () => signed({ aud: 'dcv-session-manager' })],
  ['of another type', () => signed({}, 'JWT')],
  ['that never ends', () => signed({ exp: undefined })],
  ['that is too long', () => 'x'.repeat(5000)],
  ['that is none', () => 'nothing'],
])('takes no token %s', (_, make) => {
  expect(tokens.read(make())).toMatchObject({ kind: 'invalid' });
});

function signed(claims: object, typ = 'at+jwt'): string {
  const nowSeconds = Math.floor(clock.now() / 1000);
  const all = {
    client_id: 'c',
    aud: 'dcv-session-manager-agent',
    iat: nowSeconds,
    exp: nowSeconds + 60,
    ...claims,
  };
  const payload = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  return jwt.sign(payload, KEY, { algorithm: 'HS256', header: { alg: 'HS256', typ } });
}

it('takes a token that is like those in every respect', () => {
  expect(tokens.read(signed({}))).toMatchObject({ kind: 'valid', clientId: 'c' });
});

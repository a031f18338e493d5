import { TokenSource } from '../src/access-token.js';
import { systemTiming } from '../src/timing.js';
import { json, ScriptedBroker } from './scripted-broker.js';

let broker: ScriptedBroker;
let nowMs: number;
let tokens: TokenSource;
beforeEach(async () => {
  broker = await ScriptedBroker.start();
  nowMs = 0;
  let count = 0;
  broker.reply = () => json({ access_token: `token-${(count += 1)}`, token_type: 'Bearer', expires_in: 100 });
  tokens = new TokenSource({
    tokenUrl: `${broker.url}/oauth2/token`,
    credentials: { clientId: 'ünï', clientPassword: 'p:w' },
    fetch,
    timing: { ...systemTiming, monotonicMs: () => nowMs, nowMs: () => nowMs },
  });
});
afterEach(() => broker[Symbol.asyncDispose]());

it('asks as the broker documents it, with any characters in the credentials', async () => {
  await tokens.token();
  const [asked] = broker.seen;
  expect(asked).toMatchObject({
    method: 'POST',
    target: '/oauth2/token',
    body: 'grant_type=client_credentials',
  });
  expect(asked?.headers['content-type']).toBe('application/x-www-form-urlencoded');
  const basic = asked?.headers.authorization?.replace('Basic ', '') ?? '';
  expect(Buffer.from(basic, 'base64').toString()).toBe('ünï:p:w');
});

it('keeps a token until four fifths of its life are over', async () => {
  expect(await tokens.token()).toBe('token-1');
  nowMs = 79_999;
  expect(await tokens.token()).toBe('token-1');
  nowMs = 80_000;
  expect(await tokens.token()).toBe('token-2');
  expect(broker.seen).toHaveLength(2);
});

it('asks once for all callers of the moment, at first and at each renewal', async () => {
  const all = (): Promise<string[]> => Promise.all(Array.from({ length: 20 }, () => tokens.token()));
  expect(new Set(await all())).toEqual(new Set(['token-1']));
  nowMs = 80_000;
  expect(new Set(await all())).toEqual(new Set(['token-2']));
  expect(broker.seen).toHaveLength(2);
});

it('gets a new one for a token that was refused, once', async () => {
  const first = await tokens.token();
  tokens.forget(first);
  expect(await tokens.token()).toBe('token-2');
  tokens.forget(first);
  expect(await tokens.token()).toBe('token-2');
});

it('fails every waiting caller with the words of the broker, and asks again the next time', async () => {
  const good = broker.reply;
  broker.reply = () => json({ error: 'invalid_client' }, 401);
  const refused = { operation: 'token', status: 401, message: 'no access token: {"error":"invalid_client"}' };
  const results = await Promise.allSettled([tokens.token(), tokens.token()]);
  for (const result of results) expect(result).toMatchObject({ status: 'rejected', reason: refused });
  expect(broker.seen).toHaveLength(1);
  broker.reply = good;
  expect(await tokens.token()).toBe('token-1');
});

it.each(['<html>', '{}', '{"access_token":"x"}', '[]'])(
  'says of the answer %s that it is no token',
  async (text) => {
    broker.reply = () => ({ status: 200, text });
    await expect(tokens.token()).rejects.toMatchObject({
      name: 'ApiError',
      message: 'the answer is no access token; is the token URL that of a broker?',
    });
  },
);

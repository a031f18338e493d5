import { operationIds, operations } from '@dcvsm/protocol';
import { ApiError, createClient, type DcvsmClient } from '../src/index.js';
import { json, ScriptedBroker, type Seen } from './scripted-broker.js';

const EMPTY = { RequestId: 'r', Sessions: [] };
let broker: ScriptedBroker;
let client: DcvsmClient;
let tokenCount: number;
beforeEach(async () => {
  broker = await ScriptedBroker.start();
  tokenCount = 0;
  answer(() => json(EMPTY));
  client = createClient({ url: `${broker.url}/`, credentials: { clientId: 'id', clientPassword: 'pw' } });
});
afterEach(() => broker[Symbol.asyncDispose]());

/** Tokens are given; the rest is answered so. */
function answer(reply: (request: Seen) => ReturnType<typeof json>): void {
  broker.reply = (request) =>
    request.target === '/oauth2/token'
      ? json({ access_token: `token-${(tokenCount += 1)}`, expires_in: 3600 })
      : reply(request);
}

const calls = (): Seen[] => broker.seen.filter(({ target }) => target !== '/oauth2/token');

it('has a method for each operation that calls its path with its method', async () => {
  expect(Object.keys(client).sort()).toEqual([...operationIds].sort());
  for (const id of operationIds) {
    const call = client[id] as (request: unknown) => Promise<unknown>;
    await call(operations[id].requestIn === 'path' ? { sessionId: 's', user: 'u' } : []);
    const path = operations[id].path.replace('{sessionId}', 's').replace('{user}', 'u');
    expect(broker.targets().at(-1)).toBe(`${operations[id].method} ${path}`);
  }
});

it('sends JSON and the token, and resolves with the answer', async () => {
  expect(await client.describeSessions({ MaxResults: 5 })).toEqual(EMPTY);
  const [call] = calls();
  expect(call?.body).toBe('{"MaxResults":5}');
  expect(call?.headers).toMatchObject({
    authorization: 'Bearer token-1',
    'content-type': 'application/json',
  });
});

it('asks for one token only, however many calls there are', async () => {
  await Promise.all(Array.from({ length: 10 }, () => client.describeServers({})));
  expect(tokenCount).toBe(1);
});

it('needs no token without credentials, and does not try again without one', async () => {
  const open = createClient({ url: broker.url, credentials: null });
  await open.describeSessions({});
  expect(broker.seen[0]?.headers).not.toHaveProperty('authorization');
  answer(() => json({ error: 'No authorization header' }, 401));
  await expect(open.describeSessions({})).rejects.toMatchObject({
    status: 401,
    message: 'No authorization header',
  });
  expect(broker.seen).toHaveLength(2);
});

it('takes tokens from where it is told', async () => {
  const tokenUrl = `${broker.url}/elsewhere`;
  broker.reply = ({ target }) =>
    target === '/elsewhere' ? json({ access_token: 't', expires_in: 60 }) : json(EMPTY);
  await createClient({
    url: broker.url,
    tokenUrl,
    credentials: { clientId: 'a', clientPassword: 'b' },
  }).describeSessions({});
  expect(broker.targets()).toEqual(['POST /elsewhere', 'POST /describeSessions']);
});

it('tries once more with a new token when the old one is refused', async () => {
  answer(({ headers }) =>
    headers.authorization === 'Bearer token-1' ? json({ error: 'revoked' }, 401) : json(EMPTY),
  );
  expect(await client.describeSessions({})).toEqual(EMPTY);
  expect(calls().map(({ headers }) => headers.authorization)).toEqual(['Bearer token-1', 'Bearer token-2']);
  expect(await client.describeSessions({})).toEqual(EMPTY);
  expect(tokenCount).toBe(2);
});

it('gives up when the new token is refused too', async () => {
  answer(() => json({ error: 'Not authorized: the API client is unregistered' }, 401));
  await expect(client.describeSessions({})).rejects.toEqual(
    new ApiError('describeSessions', 401, 'Not authorized: the API client is unregistered'),
  );
  expect(calls()).toHaveLength(2);
});

it("rejects with the broker's words, the operation and the status", async () => {
  answer(() => json({ error: 'MaxResults: must be at least 1' }, 400));
  const refused = client.describeSessions({ MaxResults: 0 });
  await expect(refused).rejects.toBeInstanceOf(ApiError);
  await expect(refused).rejects.toMatchObject({
    operation: 'describeSessions',
    status: 400,
    message: 'MaxResults: must be at least 1',
    retryable: false,
  });
  expect(calls()).toHaveLength(1);
});

it.each([
  [503, true],
  [429, true],
  [500, false],
  [404, false],
])('a %i is retryable: %s', async (status, retryable) => {
  answer(() => json({ error: 'no' }, status));
  await expect(client.describeSessions({})).rejects.toMatchObject({ status, retryable });
});

it.each(['<html>Bad gateway</html>', '', '{"message":"x"}', '{"error":5}'])(
  'names the status when the refusal %j has no words of a broker',
  async (text) => {
    answer(() => ({ status: 502, text }));
    await expect(client.describeSessions({})).rejects.toMatchObject({ message: 'the broker answered 502' });
  },
);

it('says so when a success is not JSON', async () => {
  answer(() => ({ status: 200, text: '<html>' }));
  await expect(client.describeSessions({})).rejects.toMatchObject({
    name: 'ApiError',
    message: 'the answer is not JSON; is the URL that of a broker?',
  });
});

it('percent-encodes what goes into the path', async () => {
  await client.GetSessionConnectionData({ sessionId: 'a/b?c#d%', user: 'DOM\\zoë 1' });
  expect(broker.targets().at(-1)).toBe('GET /sessionConnectionData/a%2Fb%3Fc%23d%25/DOM%5Czo%C3%AB%201');
  for (const user of ['', '.', '..']) {
    await expect(client.GetSessionConnectionData({ sessionId: 's', user })).rejects.toThrow(
      `user must not be "${user}"`,
    );
  }
});

it('stops a call that is aborted, while it waits for the answer or for a token', async () => {
  const waiting = async (target: string): Promise<void> => {
    const stop = new AbortController();
    const normal = broker.reply;
    broker.reply = (request) => {
      if (request.target !== target) return normal(request);
      stop.abort(new Error('no longer needed'));
      return 'never';
    };
    await expect(client.describeSessions({}, { signal: stop.signal })).rejects.toThrow('no longer needed');
    broker.reply = normal;
  };
  await waiting('/describeSessions');
  client = createClient({ url: broker.url, credentials: { clientId: 'id', clientPassword: 'pw' } });
  await waiting('/oauth2/token');
});

it('does not send what is aborted already', async () => {
  await client.describeSessions({});
  await expect(
    client.describeSessions({}, { signal: AbortSignal.abort(new Error('too late')) }),
  ).rejects.toThrow('too late');
  expect(calls()).toHaveLength(1);
});

import { operationIds, type OperationId } from '@dcvsm/protocol';
import { ApiError, createClient, maySendAgain, NetworkError, type Timing } from '../src/index.js';
import { readRetryAfter } from '../src/retry.js';
import { systemTiming } from '../src/timing.js';
import { json, ScriptedBroker, type Reply } from './scripted-broker.js';

const ENTRY = { Name: 'n', Owner: 'o', Type: 'VIRTUAL' };
const EMPTY = { RequestId: 'r', Sessions: [], Servers: [], SuccessfulList: [], UnsuccessfulList: [] };
const policy = { retries: 3, firstMs: 100, longestMs: 300 };

let broker: ScriptedBroker;
let pauses: number[];
let timing: Timing;
beforeEach(async () => {
  broker = await ScriptedBroker.start();
  pauses = [];
  timing = {
    ...systemTiming,
    random: () => 0.999_999,
    sleep: (ms, signal) => {
      pauses.push(ms);
      return signal?.aborted === true ? Promise.reject(signal.reason as Error) : Promise.resolve();
    },
  };
});
afterEach(() => broker[Symbol.asyncDispose]());

const client = (retry: typeof policy | true | undefined = policy) =>
  createClient({ url: broker.url, credentials: null, timing, ...(retry !== undefined && { retry }) });

/** The replies one after the other, the last one for ever. */
function answer(...replies: Reply[]): void {
  broker.reply = () => (replies.length > 1 ? replies.shift()! : replies[0]!);
}

it('is one try unless the caller wants more', async () => {
  answer(json({ error: 'busy' }, 503), json(EMPTY));
  const once = createClient({ url: broker.url, credentials: null, timing });
  await expect(once.describeSessions({})).rejects.toMatchObject({ kind: 'unavailable' });
  expect(broker.seen).toHaveLength(1);
});

it('tries a reading call again, with pauses that double up to the longest', async () => {
  answer(json({ error: 'busy' }, 503), 'cut', json({ error: 'slow down' }, 429), json(EMPTY));
  expect(await client().describeSessions({})).toEqual(EMPTY);
  expect(pauses).toEqual([100, 200, 300]);
});

it('gives up after so many retries, with the last error', async () => {
  answer(json({ error: 'busy' }, 503));
  await expect(client().describeServers({})).rejects.toEqual(new ApiError('describeServers', 503, 'busy'));
  expect(broker.seen).toHaveLength(4);
});

it('waits as long as the broker asks, and not at all for longer than a minute', async () => {
  const wait = (seconds: string): Reply => ({
    status: 429,
    text: '{"error":"x"}',
    headers: { 'Retry-After': seconds },
  });
  answer(wait('7'), wait('0'), json(EMPTY));
  await client().describeSessions({});
  expect(pauses).toEqual([7_000, 200]);
  answer(wait('61'), json(EMPTY));
  await expect(client().describeSessions({})).rejects.toMatchObject({ retryAfterMs: 61_000 });
});

it.each<[string, Reply]>([
  ['an answer that was lost', 'cut'],
  ['a broker whose store did not answer', json({ error: 'busy' }, 503)],
])('never creates again after %s, since it may have been done', async (_, reply) => {
  answer(reply, json(EMPTY));
  await expect(client().createSessions([ENTRY])).rejects.toMatchObject({ operation: 'createSessions' });
  expect(broker.seen).toHaveLength(1);
});

it('creates again when the broker did not begin', async () => {
  answer(json({ error: 'too many' }, 429), json(EMPTY));
  expect(await client().createSessions([ENTRY])).toEqual(EMPTY);
  const gone = await ScriptedBroker.start();
  const { url } = gone;
  await gone[Symbol.asyncDispose]();
  const nobody = createClient({ url, credentials: null, timing, retry: policy });
  const refused = nobody.createSessions([ENTRY]);
  await expect(refused).rejects.toBeInstanceOf(NetworkError);
  await expect(refused).rejects.toMatchObject({
    message: `no answer from ${url}: connect ECONNREFUSED ${url.replace('http://', '')}`,
    sentNothing: true,
  });
  expect(pauses).toEqual([100, 100, 200, 300]);
});

it('tries for a token again also on the way to a creation', async () => {
  answer('cut', json({ access_token: 't', expires_in: 60 }), json(EMPTY));
  const credentials = { clientId: 'a', clientPassword: 'b' };
  const authorized = createClient({ url: broker.url, credentials, timing, retry: policy });
  expect(await authorized.createSessions([ENTRY])).toEqual(EMPTY);
  expect(broker.targets()).toEqual(['POST /oauth2/token', 'POST /oauth2/token', 'POST /createSessions']);
});

it.each([400, 401, 403, 404, 500, 502])('does not repeat what was answered with %i', async (status) => {
  answer(json({ error: 'no' }, status), json(EMPTY));
  await expect(client().describeSessions({})).rejects.toMatchObject({ status });
  expect(broker.seen).toHaveLength(1);
});

it('ends the pause when the call is aborted', async () => {
  answer(json({ error: 'busy' }, 503));
  const patient = createClient({
    url: broker.url,
    credentials: null,
    retry: { ...policy, firstMs: 600_000, longestMs: 600_000 },
  });
  const stop = new AbortController();
  const normal = broker.reply;
  broker.reply = (request) => {
    setImmediate(() => stop.abort(new Error('no longer needed')));
    return normal(request);
  };
  await expect(patient.describeSessions({}, { signal: stop.signal })).rejects.toThrow('no longer needed');
});

it('repeats all operations but the one that makes something', () => {
  const lost = new NetworkError('x', 'lost', false);
  expect(operationIds.filter((id: OperationId) => !maySendAgain(id, lost))).toEqual(['createSessions']);
});

it.each([
  ['7', 7_000],
  ['Thu, 01 Jan 1970 00:00:10 GMT', 9_000],
  ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
  ['soon', undefined],
  ['', undefined],
  [null, undefined],
])('reads Retry-After %j as %s', (value, expected) => {
  expect(readRetryAfter(value, 1_000)).toBe(expected);
});

it.each([
  [400, 'bad-request'],
  [401, 'not-authorized'],
  [403, 'forbidden'],
  [429, 'too-many-requests'],
  [503, 'unavailable'],
  [200, 'bad-answer'],
  [500, 'other'],
])('names the kind of a %i: %s', (status, kind) => {
  expect(new ApiError('x', status, 'no').kind).toBe(kind);
});

import type { GetSessionConnectionDataResponse } from '@dcvsm/protocol';
import {
  allServers,
  allSessions,
  connectionUrl,
  createClient,
  waitForSession,
  type DcvsmClient,
  type StoredToken,
} from '../src/index.js';
import { systemTiming } from '../src/timing.js';
import { json, ScriptedBroker, type Seen } from './scripted-broker.js';

let broker: ScriptedBroker;
let client: DcvsmClient;
beforeEach(async () => {
  broker = await ScriptedBroker.start();
  client = createClient({ url: broker.url, credentials: null });
});
afterEach(() => broker[Symbol.asyncDispose]());

const bodies = (): unknown[] => broker.seen.map(({ body }) => JSON.parse(body) as unknown);
const session = (Id: string, State = 'READY') => ({ Id, Name: 'n', Owner: 'o', Type: 'VIRTUAL', State });

describe('pages', () => {
  it('follow each other to the last, with the filters of the request', async () => {
    broker.reply = ({ body }) => {
      const { NextToken } = JSON.parse(body) as { NextToken?: string };
      if (NextToken === undefined) return json({ Sessions: [session('a'), session('b')], NextToken: 'two' });
      return json({ Sessions: [session('c')], NextToken: null });
    };
    const seen: string[] = [];
    for await (const { Id } of allSessions(client, { MaxResults: 2 })) seen.push(Id);
    expect(seen).toEqual(['a', 'b', 'c']);
    expect(bodies()).toEqual([{ MaxResults: 2 }, { MaxResults: 2, NextToken: 'two' }]);
  });

  it('are asked for only while somebody wants more', async () => {
    broker.reply = () => json({ Servers: [{ Id: 's1' }, { Id: 's2' }], NextToken: 'more' });
    for await (const { Id } of allServers(client)) if (Id === 's2') break;
    expect(broker.seen).toHaveLength(1);
  });

  it('end when the broker gives the same token again', async () => {
    broker.reply = () => json({ Servers: [{ Id: 's' }], NextToken: 'x' });
    const seen: unknown[] = [];
    for await (const server of allServers(client)) seen.push(server);
    expect(seen).toHaveLength(2);
  });
});

describe('waiting for a session', () => {
  const states = (...list: (string | undefined)[]): void => {
    broker.reply = () => {
      const state = list.length > 1 ? list.shift() : list[0];
      return json({ Sessions: state === undefined ? [] : [session('a', state)] });
    };
  };
  let nowMs = 0;
  const timing = {
    ...systemTiming,
    monotonicMs: () => nowMs,
    sleep: (ms: number) => Promise.resolve(void (nowMs += ms)),
  };
  beforeEach(() => void (nowMs = 0));

  it.each([
    ['READY', ['CREATING', 'CREATING', 'READY'], 'reached'],
    ['READY', ['CREATING', 'DELETED'], 'never'],
    ['READY', ['UNKNOWN', 'READY'], 'reached'],
    ['READY', ['DELETING', 'DELETED'], 'never'],
    ['DELETED', ['READY', 'DELETING', undefined], 'reached'],
    ['READY', [undefined], 'never'],
    ['CREATING', ['READY'], 'never'],
    ['READY', ['CREATING'], 'timeout'],
  ] as const)('for %s, seeing %j, ends with %s', async (state, seen, kind) => {
    states(...seen);
    expect(await waitForSession(client, 'a', { state, timeoutMs: 10_000, timing })).toMatchObject({ kind });
  });

  it('looks a last time when the time is over', async () => {
    states('CREATING');
    await waitForSession(client, 'a', { timeoutMs: 5_000, pollMs: 2_000, timing });
    expect(nowMs).toBe(5_000);
    expect(broker.seen).toHaveLength(4);
  });
});

describe('a connection URL', () => {
  const data = (server: object | undefined): GetSessionConnectionDataResponse =>
    ({
      Session: { ...session('id 1'), Server: server },
      ConnectionToken: 'a+b',
    }) as GetSessionConnectionDataResponse;
  const server = { Ip: '10.0.0.1', Port: '8443', WebUrlPath: '/dcv' };

  it.each([
    [{}, 'https://10.0.0.1:8443/dcv?authToken=a%2Bb#id%201'],
    [{ kind: 'native' as const }, 'dcv://10.0.0.1:8443/dcv?authToken=a%2Bb#id%201'],
    [{ host: 'gw.example.com', port: 443 }, 'https://gw.example.com:443/dcv?authToken=a%2Bb#id%201'],
    [{ host: '::1' }, 'https://[::1]:8443/dcv?authToken=a%2Bb#id%201'],
  ])('with %j is %s', (options, url) => {
    expect(connectionUrl(data(server), options)).toBe(url);
  });

  it('needs a server', () => {
    expect(() => connectionUrl(data(undefined))).toThrow('wait until it is READY');
  });
});

describe('a token', () => {
  const credentials = { clientId: 'id', clientPassword: 'pw' };
  const given = (request: Seen, expiresIn = 100) =>
    request.target.startsWith('/oauth2/token')
      ? json({ access_token: 'fresh', expires_in: expiresIn })
      : json({ Sessions: [] });
  class KeptToken {
    constructor(public kept: StoredToken | null) {}
    load = (): Promise<StoredToken | null> => Promise.resolve(this.kept);
    save = (token: StoredToken): Promise<void> => Promise.resolve(void (this.kept = token));
  }
  const timing = { ...systemTiming, nowMs: () => 1_000_000 };

  it('that somebody else got is used as it is', async () => {
    broker.reply = given;
    await createClient({ url: broker.url, credentials: { accessToken: 'mine' } }).describeSessions({});
    expect(broker.seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer mine']);
  });

  it('is taken from the store, and kept there when it is new', async () => {
    broker.reply = given;
    const tokenStore = new KeptToken(null);
    const make = () => createClient({ url: broker.url, credentials, tokenStore, timing });
    await make().describeSessions({});
    expect(tokenStore.kept).toEqual({ token: 'fresh', renewAtMs: 1_080_000 });
    await make().describeSessions({});
    expect(broker.targets().filter((target) => target.includes('token'))).toHaveLength(1);
  });

  it('of the store is left when it is old, or refused', async () => {
    broker.reply = (request) =>
      request.headers.authorization === 'Bearer revoked' ? json({ error: 'no' }, 401) : given(request);
    for (const kept of [
      { token: 'old', renewAtMs: 1_000_000 },
      { token: 'revoked', renewAtMs: 2_000_000 },
    ]) {
      const tokenStore = new KeptToken(kept);
      await createClient({ url: broker.url, credentials, tokenStore, timing }).describeSessions({});
      expect(tokenStore.kept?.token).toBe('fresh');
    }
  });

  it('is asked for at exactly the address given, with the grant named once', async () => {
    broker.reply = given;
    const tokenUrl = `${broker.url}/oauth2/token?grant_type=client_credentials`;
    await createClient({ url: broker.url, credentials, tokenUrl }).describeSessions({});
    expect(broker.seen[0]).toMatchObject({ target: '/oauth2/token?grant_type=client_credentials', body: '' });
  });
});

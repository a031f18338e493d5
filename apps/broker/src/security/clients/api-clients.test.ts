import crypto from 'node:crypto';
import { systemIds } from '@dcvsm/runtime';
import { ManualClock } from '@dcvsm/testkit';
import { MemoryStore } from '../../store/memory-store.js';
import { ApiClients, noLimits, type ClientLimits, type NewApiClient } from './api-clients.js';

let store: MemoryStore;
let clock: ManualClock;
let clients: ApiClients;
const load = (): Promise<ApiClients> => ApiClients.load(store, clock, systemIds());
beforeEach(async () => {
  store = new MemoryStore();
  clock = new ManualClock();
  clients = await load();
});

async function registered(name: string, limits?: ClientLimits): Promise<NewApiClient> {
  const client = await clients.register(name, limits);
  if (client === 'name-taken') throw new Error(`${name} is taken`);
  return client;
}

it('lets a client in with its id and password, at once and after a restart', async () => {
  const { id, password } = await registered('portal');
  for (const loaded of [clients, await load()]) {
    expect(loaded.authenticate(id, password)).toBe(true);
    expect(loaded.find(id)).toEqual(noLimits);
  }
});

it('lets nobody in with anything else', async () => {
  const [one, other] = [await registered('one'), await registered('other')];
  expect(clients.authenticate(one.id, other.password)).toBe(false);
  expect(clients.authenticate(one.id, '')).toBe(false);
  expect(clients.authenticate(one.id, `${one.password}x`)).toBe(false);
  expect(clients.authenticate(one.id.toUpperCase(), one.password)).toBe(false);
  expect(clients.authenticate('portal', one.password)).toBe(false);
  // An unknown id is compared with the hash of an empty password, which must not let it in either.
  expect(clients.authenticate('nobody', '')).toBe(false);
  expect(clients.authenticate('__proto__', '')).toBe(false);
});

it('makes passwords of 256 bits and keeps only a keyed hash of them', async () => {
  const { id, password } = await registered('portal');
  expect(Buffer.from(password, 'base64url')).toHaveLength(32);
  const [kept] = await store.listRegistrations('api-client');
  expect(kept).toMatchObject({ id, uniqueName: 'portal' });
  expect(kept?.body).toMatch(/^\{"name":"portal","active":true,"passwordHash":"[\w-]{43}"\}$/);
  expect(kept?.body).not.toContain(password);
});

it('compares in constant time, also when there is no such client to compare with', async () => {
  const { id } = await registered('portal');
  const compare = jest.spyOn(crypto, 'timingSafeEqual');
  clients.authenticate(id, 'wrong');
  clients.authenticate('nobody', 'wrong');
  expect(compare.mock.calls.map((buffers) => buffers.map((buffer) => buffer.byteLength))).toEqual([
    [32, 32],
    [32, 32],
  ]);
  compare.mockRestore();
});

it('gives a name to one active client at a time', async () => {
  const { id } = await registered('portal');
  expect(await clients.register('portal')).toBe('name-taken');
  await clients.deactivate(id);
  expect((await registered('portal')).id).not.toBe(id);
});

it('shuts a client out as soon as it is unregistered, and still lists it', async () => {
  const { id, password } = await registered('portal');
  expect(await clients.deactivate(id)).toBe(true);
  for (const loaded of [clients, await load()]) {
    expect(loaded.authenticate(id, password)).toBe(false);
    expect(loaded.find(id)).toBeNull();
  }
  expect(clients.list()).toEqual([{ id, name: 'portal', active: false, limits: noLimits }]);
  expect(await clients.deactivate(id)).toBe(true);
  expect(await clients.deactivate('nobody')).toBe(false);
});

it('keeps the limits of a client, all or some of them', async () => {
  const expiresAtMs = clock.now() + 1000;
  const limits = [
    { ...noLimits, scopes: new Set(['read'] as const) },
    { ...noLimits, restriction: { owners: ['alice'], serverTags: null } },
    { ...noLimits, restriction: { owners: null, serverTags: [{ key: 'a', value: 'b' }] } },
    { scopes: new Set(['operate'] as const), restriction: { owners: [], serverTags: [] }, expiresAtMs },
  ];
  const ids: string[] = [];
  for (const [index, each] of limits.entries()) ids.push((await registered(`client ${index}`, each)).id);
  for (const loaded of [clients, await load()]) expect(ids.map((id) => loaded.find(id))).toEqual(limits);
});

it('takes a client for inactive from the millisecond on at which it expires', async () => {
  const { id, password } = await registered('short', { ...noLimits, expiresAtMs: clock.now() + 1000 });
  await clock.advance(999);
  expect(clients.find(id)).not.toBeNull();
  expect(clients.authenticate(id, password)).toBe(true);
  await clock.advance(1);
  expect(clients.find(id)).toBeNull();
  expect(clients.authenticate(id, password)).toBe(false);
  expect(clients.list()).toMatchObject([{ id, active: false }]);
});

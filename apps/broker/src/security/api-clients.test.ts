import crypto from 'node:crypto';
import { systemIds } from '@dcvsm/runtime';
import { ManualClock } from '@dcvsm/testkit';
import { MemoryStore } from '../store/memory-store.js';
import { ApiClients, type NewApiClient } from './api-clients.js';

let store: MemoryStore;
let clients: ApiClients;
const load = (): Promise<ApiClients> => ApiClients.load(store, new ManualClock(), systemIds());
beforeEach(async () => {
  store = new MemoryStore();
  clients = await load();
});

async function registered(name: string): Promise<NewApiClient> {
  const client = await clients.register(name);
  if (client === 'name-taken') throw new Error(`${name} is taken`);
  return client;
}

it('lets a client in with its id and password, at once and after a restart', async () => {
  const { id, password } = await registered('portal');
  for (const loaded of [clients, await load()]) {
    expect(loaded.authenticate(id, password)).toBe(true);
    expect(loaded.isActive(id)).toBe(true);
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
  const [kept] = await store.listApiClients();
  expect(kept).toMatchObject({ id, name: 'portal', active: true });
  expect(JSON.stringify(await store.listApiClients())).not.toContain(password);
  expect(kept?.passwordHash).toMatch(/^[\w-]{43}$/);
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
    expect(loaded.isActive(id)).toBe(false);
  }
  expect(await clients.list()).toMatchObject([{ id, name: 'portal', active: false }]);
  expect(await clients.deactivate(id)).toBe(true);
  expect(await clients.deactivate('nobody')).toBe(false);
});

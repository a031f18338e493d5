import { z } from 'zod';
import { MemoryStore } from '../store/memory-store.js';
import { Registry } from './registry.js';

const Body = z.object({ count: z.int() });
let store: MemoryStore;
const load = () => Registry.load(store, 'auth-server', Body);
const entry = (id: string, count: number, uniqueName: string | null = null) => ({
  id,
  uniqueName,
  createdAtMs: 1,
  body: { count },
});
const plusOne = ({ body }: { readonly body: { readonly count: number } }) => ({
  body: { count: body.count + 1 },
});
beforeEach(() => {
  store = new MemoryStore();
});

it('keeps what was added, changed and removed, also for the next start', async () => {
  const registry = await load();
  await registry.add(entry('a', 1));
  await registry.add(entry('b', 1));
  await registry.change('a', plusOne);
  await registry.change('a', plusOne);
  expect(await registry.remove('b')).toBe(true);
  for (const loaded of [registry, await load()]) {
    expect(loaded.list()).toMatchObject([{ id: 'a', body: { count: 3 } }]);
    expect(loaded.get('b')).toBeUndefined();
  }
});

it('loses no change of two brokers that change the same entry', async () => {
  const here = await load();
  await here.add(entry('a', 0));
  const there = await load();
  await Promise.all([here, there, here, there].map((registry) => registry.change('a', plusOne)));
  expect((await load()).get('a')?.body).toEqual({ count: 4 });
});

it('does not change or remove what another broker removed', async () => {
  const here = await load();
  await here.add(entry('a', 0));
  const there = await load();
  await here.remove('a');
  expect(await there.change('a', plusOne)).toBeNull();
  await here.add(entry('b', 0));
  expect(await there.remove('b')).toBe(false);
  expect(there.list()).toEqual([]);
});

it('gives a unique name once, until it is let go', async () => {
  const registry = await load();
  await registry.add(entry('a', 0, 'name'));
  expect(await registry.add(entry('b', 0, 'name'))).toBe('name-taken');
  await registry.add(entry('b', 0));
  const take = () => registry.change('b', ({ body }) => ({ body, uniqueName: 'name' }));
  expect(await take()).toBe('name-taken');
  await registry.change('a', ({ body }) => ({ body, uniqueName: null }));
  expect(await take()).toMatchObject({ uniqueName: 'name' });
});

it('leaves an entry as it is when the change wants nothing', async () => {
  const registry = await load();
  await registry.add(entry('a', 7));
  expect(await registry.change('a', () => null)).toBeNull();
  expect(registry.get('a')?.body).toEqual({ count: 7 });
});

it('names a stored entry that cannot be read', async () => {
  const bad = { kind: 'auth-server', id: 'x', uniqueName: null, createdAtMs: 1, version: 1 } as const;
  await store.addRegistration({ ...bad, body: '{"count":"many"}' });
  await expect(load()).rejects.toThrow('The stored auth-server "x" cannot be read: count: ');
});

import { systemIds } from '@dcvsm/runtime';
import { ManualClock } from '@dcvsm/testkit';
import { MemoryStore } from '../../store/memory-store.js';
import { AgentClients, type AgentCredentials } from './agent-clients.js';

let store: MemoryStore;
let clients: AgentClients;
const load = (): Promise<AgentClients> => AgentClients.load(store, new ManualClock(), systemIds());
beforeEach(async () => {
  store = new MemoryStore();
  clients = await load();
});

const register = (name = 'host'): Promise<AgentCredentials> =>
  clients.register({ name, statementId: 'statement', tags: null });

it('lets a client in with its secret, at once and after a restart', async () => {
  const { id, secret } = await register();
  for (const loaded of [clients, await load()]) {
    expect(loaded.authenticate(id, secret)).toBe('accepted');
    expect(loaded.authenticate(id, `${secret}x`)).toBe('wrong-secret');
    expect(loaded.authenticate(`${id}x`, secret)).toBe('unknown-client');
    expect(loaded.isActive(id)).toBe(true);
  }
});

it('keeps no secret in the store', async () => {
  const { secret } = await register();
  expect(JSON.stringify(await store.listRegistrations('agent-client'))).not.toContain(secret);
});

it('lists clients oldest first; several may have one name', async () => {
  const ids = [(await register('test')).id, (await register('test')).id];
  await clients.unregister(ids[0]!);
  expect(clients.list()).toEqual([
    { id: ids[0], name: 'test', active: false },
    { id: ids[1], name: 'test', active: true },
  ]);
});

describe('a client that was unregistered', () => {
  it('is out at once, for good, and whoever asked is told', async () => {
    const { id, secret } = await register();
    const told: string[] = [];
    clients.onUnregistered((clientId) => told.push(clientId));
    expect(await clients.unregister(id)).toBe(true);
    expect(told).toEqual([id]);
    for (const loaded of [clients, await load()]) {
      expect(loaded.isActive(id)).toBe(false);
      expect(loaded.authenticate(id, secret)).toBe('unregistered');
      expect(await loaded.claimServer(id, 's1', [])).toMatchObject({ kind: 'refused' });
    }
  });

  it('is known as such only to who has the secret', async () => {
    const { id } = await register();
    await clients.unregister(id);
    expect(clients.authenticate(id, 'a guess')).toBe('wrong-secret');
  });

  it('is not there to be unregistered if it never was', async () => {
    expect(await clients.unregister('nobody')).toBe(false);
  });
});

describe('a server id', () => {
  it('is held by the first who links with it, against all others', async () => {
    const [owner, thief] = [await register(), await register()];
    expect(await clients.claimServer(owner.id, 's1', [])).toEqual({ kind: 'granted', formerServerIds: [] });
    expect(await clients.claimServer(owner.id, 's1', [])).toMatchObject({ kind: 'granted' });
    for (const loaded of [clients, await load()]) {
      expect(await loaded.claimServer(thief.id, 's1', [])).toMatchObject({
        kind: 'refused',
        reason: expect.stringContaining('belongs to another agent client') as string,
      });
    }
  });

  it('goes to one only of many who want it at the same moment', async () => {
    const other = await load();
    const wanting = await Promise.all(Array.from({ length: 10 }, () => register()));
    const reloaded = await load();
    const claims = await Promise.all(
      wanting.map(({ id }, index) => (index % 2 === 0 ? clients : reloaded).claimServer(id, 's1', [])),
    );
    expect(claims.filter(({ kind }) => kind === 'granted')).toHaveLength(1);
    expect(other.list()).toEqual([]);
  });

  it('is not that of a second host with the same credentials', async () => {
    const { id } = await register();
    await clients.claimServer(id, 's1', []);
    expect(await clients.claimServer(id, 's2', [])).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('a copy') as string,
    });
  });

  it('changes with the name of its host, also when the first answer to that got lost', async () => {
    const { id } = await register();
    await clients.claimServer(id, 's1', []);
    for (const loaded of [clients, clients, await load()]) {
      expect(await loaded.claimServer(id, 's2', ['s1'])).toEqual({
        kind: 'granted',
        formerServerIds: ['s1'],
      });
    }
  });

  it('of another client is not given up because somebody says that it was his before', async () => {
    const [owner, thief] = [await register(), await register()];
    await clients.claimServer(owner.id, 's1', []);
    expect(await clients.claimServer(thief.id, 's2', ['s1', 'nobody-had-this'])).toEqual({
      kind: 'granted',
      formerServerIds: [],
    });
  });

  it('that somebody else holds now is not given up to who had it before', async () => {
    const [first, second] = [await register(), await register()];
    await clients.claimServer(first.id, 's1', []);
    await clients.claimServer(first.id, 's2', ['s1']);
    await clients.claimServer(second.id, 's1', []);
    expect(await clients.claimServer(first.id, 's2', ['s1'])).toEqual({
      kind: 'granted',
      formerServerIds: [],
    });
  });

  it('is free when its client was unregistered', async () => {
    const [gone, next] = [await register(), await register()];
    await clients.claimServer(gone.id, 's1', []);
    await clients.unregister(gone.id);
    expect(await clients.claimServer(next.id, 's1', [])).toMatchObject({ kind: 'granted' });
  });
});

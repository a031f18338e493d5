import { MemoryStore } from '../../src/store/memory-store.js';
import { moveStore, type MoveOptions } from '../../src/store/move-store.js';
import { SqliteStore } from '../../src/store/sqlite-store.js';
import type { Store } from '../../src/store/store.js';
import { describeWith, TestDatabase } from './database-servers.js';
import { aRegistration, aSession, newServer } from './records.js';
import { temporaryFolder } from './temporary-folder.js';

const folder = temporaryFolder();
const silent: Pick<MoveOptions, 'replaces' | 'onProgress'> = { replaces: false, onProgress: () => undefined };

async function filled(): Promise<SqliteStore> {
  const store = await SqliteStore.open({ path: folder.next() });
  for (let n = 0; n < 20; n += 1) await store.registerServer(newServer(`host-${n}`));
  for (let n = 0; n < 50; n += 1) {
    const session = aSession(`desk-${n}\u0000`, { serverId: `host-${n % 20}` });
    const seen = { placementVersion: Math.floor(n / 20) + 1, sessionVersion: null };
    expect(await store.reserve(session, seen)).toBe('reserved');
  }
  for (let n = 0; n < 5; n += 1) await store.addRegistration(aRegistration(`r-${n}`, { createdAtMs: 5 }));
  await store.addRegistration(aRegistration('a', { kind: 'dns-mapping', uniqueName: null }));
  await store.secret('pepper', '\ud800');
  return store;
}

const counts = { sessions: 50, servers: 20, registrations: 6, secrets: 1 };

describeWith('mysql', 'from SQLite to MySQL', () =>
  describeWith('postgres', 'and on to PostgreSQL and memory', () => {
    const databases = [TestDatabase.named('mysql'), TestDatabase.named('postgres')] as const;
    afterAll(() => Promise.all(databases.map((database) => database.drop())));

    it('arrives whole, and goes on from there', async () => {
      const [mysql, postgres] = [await databases[0].open(), await databases[1].open()];
      const [sqlite, memory] = [await filled(), new MemoryStore()];
      const chain: readonly Store[] = [sqlite, mysql, postgres, memory];
      for (const [index, to] of chain.entries()) {
        const from = chain[index - 1];
        if (from !== undefined)
          expect(await moveStore({ ...silent, from, to })).toEqual({ kind: 'moved', counts });
      }
      expect(await memory.listRegistrations('api-client')).toEqual(
        await sqlite.listRegistrations('api-client'),
      );
      const next = aSession('next', { serverId: 'host-0' });
      expect(await postgres.reserve(next, { placementVersion: 4, sessionVersion: null })).toBe('reserved');
      expect(await postgres.addRegistration(aRegistration('late'))).toBe('added');
      await sqlite.close();
    });
  }),
);

it('leaves a target alone that has something, unless it is to be replaced', async () => {
  const [from, to] = [await filled(), new MemoryStore()];
  await to.addSession(aSession('mine'));
  expect(await moveStore({ ...silent, from, to })).toEqual({ kind: 'not-empty' });
  expect(await to.findSession('mine')).not.toBeNull();
  const stored: number[] = [];
  const onProgress = (count: number, total: number) => stored.push(count, total);
  expect(await moveStore({ from, to, replaces: true, onProgress })).toEqual({ kind: 'moved', counts });
  expect(await to.findSession('mine')).toBeNull();
  expect(stored).toEqual([77, 77]);
  await from.close();
});

it('sees that a broker was at work on the source', async () => {
  const [from, to] = [await filled(), new MemoryStore()];
  const onProgress = () => void from.addSession(aSession('late'));
  expect(await moveStore({ from, to, replaces: false, onProgress })).toEqual({ kind: 'source-changed' });
  await from.close();
});

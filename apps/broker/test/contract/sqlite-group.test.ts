import { StoreUnavailable } from '../../src/store/store-error.js';
import type { SqliteConnection } from '../../src/store/sqlite-connection.js';
import { openConnection, SqliteStore } from '../../src/store/sqlite-store.js';
import type { Session } from '../../src/domain/session.js';
import { everything } from './must.js';
import { aSession, newServer } from './records.js';
import { temporaryFolder } from './temporary-folder.js';

const folder = temporaryFolder();

async function withStore(
  test: (store: SqliteStore, connection: SqliteConnection) => Promise<void>,
): Promise<void> {
  const connection = openConnection({ path: folder.next() });
  const store = new SqliteStore(connection);
  await test(store, connection);
  await store.close();
}

const bulky = (key: string): Session => aSession(key, { name: 'x'.repeat(50_000) });

it('rejects the whole group when the disk is full, keeps nothing of it, and recovers by itself', () =>
  withStore(async (store, connection) => {
    await store.registerServer(newServer('host-1'));
    await store.addSession(aSession('before'));
    const before = await everything(store);

    // SQLite answers "database or disk is full" as it would for a full disk.
    connection.script('PRAGMA max_page_count = 20');
    const small = aSession('small', { serverId: 'host-1' });
    const group = await Promise.allSettled([
      store.reserve(small, { placementVersion: 1, sessionVersion: null }),
      store.addSession(bulky('one')),
      store.addSession(bulky('two')),
      store.addSession(aSession('after')),
      store.findSession('before'),
    ]);
    for (const answer of group) {
      const reason: unknown = answer.status === 'rejected' ? answer.reason : answer;
      expect(reason).toBeInstanceOf(StoreUnavailable);
      expect(reason).toMatchObject({ retryable: true, cause: { code: 'SQLITE_FULL' } });
    }
    expect(await everything(store)).toEqual(before);
    await expect(store.addSession(bulky('one'))).rejects.toThrow('database or disk is full');
    expect(await store.reserve(small, { placementVersion: 1, sessionVersion: null })).toBe('reserved');

    connection.script('PRAGMA max_page_count = 100000');
    expect(await store.addSession(bulky('one'))).toBe('added');
    expect(await store.findSession('one')).toEqual(bulky('one'));
  }));

it('keeps nothing of an operation that fails after it wrote, and all of its neighbours', () =>
  withStore(async (store, connection) => {
    await store.registerServer(newServer('whole'));
    await store.registerServer(newServer('hurt'));
    connection.script(`UPDATE servers SET body = '{}' WHERE id = 'hurt'`);
    const answers = await Promise.allSettled([
      store.addSession(aSession('first')),
      store.setGate('hurt', 'CLOSED'),
      store.setGate('whole', 'CLOSED'),
      store.touchServer('hurt'),
      store.addSession(aSession('first')),
    ]);
    expect(answers.map((answer) => answer.status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    expect(answers[4]).toMatchObject({ value: 'exists' });
    const sql = 'SELECT id, gate, placement_version FROM servers ORDER BY id';
    expect(connection.execute({ sql, values: [] }).rows).toEqual([
      { id: 'hurt', gate: 'OPEN', placement_version: 1 },
      { id: 'whole', gate: 'CLOSED', placement_version: 2 },
    ]);
  }));

it('commits what one turn of the event loop asked for together, in groups of bounded size', () =>
  withStore(async (store, connection) => {
    let commits = 0;
    const commit = connection.commit.bind(connection);
    connection.commit = () => {
      commits += 1;
      commit();
    };
    await Promise.all(Array.from({ length: 100 }, (_, n) => store.addSession(aSession(`a-${n}`))));
    expect(commits).toBe(1);
    await Promise.all(Array.from({ length: 1200 }, (_, n) => store.addSession(aSession(`b-${n}`))));
    expect(commits).toBe(1 + 3);
    expect((await store.loadFleet()).sessions).toHaveLength(1300);
  }));

it('answers only after the commit', () =>
  withStore(async (store, connection) => {
    const events: string[] = [];
    const commit = connection.commit.bind(connection);
    connection.commit = () => {
      commit();
      events.push('commit');
    };
    await Promise.all([
      store.addSession(aSession('a')).then(() => events.push('a')),
      store.addSession(aSession('b')).then(() => events.push('b')),
    ]);
    expect(events).toEqual(['commit', 'a', 'b']);
  }));

it('rejects the group when the commit fails, and keeps nothing of it', () =>
  withStore(async (store, connection) => {
    const commit = connection.commit.bind(connection);
    connection.commit = () => {
      // The database refuses, and the transaction stays open, as after a failed write of the log.
      connection.script('SELECT no_such_function()');
    };
    const group = await Promise.allSettled([
      store.addSession(aSession('a')),
      store.addSession(aSession('b')),
    ]);
    connection.commit = commit;
    expect(group.map((answer) => answer.status)).toEqual(['rejected', 'rejected']);
    expect(await store.loadFleet()).toEqual({ sessions: [], servers: [] });
    expect(await store.addSession(aSession('a'))).toBe('added');
  }));

it('refuses to keep a record that it could not read back', () =>
  withStore(async (store) => {
    const wrong = { ...aSession('desk'), version: Number.NaN };
    await expect(store.addSession(wrong)).rejects.toThrow('cannot keep session "desk": version: ');
    expect(await store.findSession('desk')).toBeNull();
  }));

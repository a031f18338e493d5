import { chmodSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import { StoreDamaged, StoreInUse, StoreTooNew, StoreUnavailable } from '../../src/store/store-error.js';
import { SqliteStore } from '../../src/store/sqlite-store.js';
import { everything } from './must.js';
import { aRegistration, aSession, newServer } from './records.js';
import { temporaryFolder } from './temporary-folder.js';

const folder = temporaryFolder();
const modeOf = (path: string): number => statSync(path).mode & 0o777;

it('finds everything again after it was closed and opened', async () => {
  const path = folder.next();
  const store = await SqliteStore.open({ path });
  await store.addSession(aSession('desk'));
  await store.registerServer(newServer('host-1'));
  await store.setGate('host-1', 'CLOSED');
  await store.addRegistration(aRegistration('a'));
  await store.secret('pepper', 'first');
  const before = { fleet: await everything(store), clients: await store.listRegistrations('api-client') };
  await store.close();

  const again = await SqliteStore.open({ path });
  expect({ fleet: await everything(again), clients: await again.listRegistrations('api-client') }).toEqual(
    before,
  );
  expect(await again.secret('pepper', 'second')).toBe('first');
  await again.close();
});

it('is one file after it was closed, so that a copy of it is a whole backup', async () => {
  const path = folder.next();
  const store = await SqliteStore.open({ path });
  await store.addSession(aSession('desk'));
  expect(existsSync(`${path}-wal`)).toBe(true);
  await store.close();
  expect(existsSync(`${path}-wal`)).toBe(false);
});

it('can be read by nobody but its owner, the log too', async () => {
  const path = folder.next();
  const store = await SqliteStore.open({ path });
  await store.addSession(aSession('desk'));
  expect([modeOf(path), modeOf(`${path}-wal`)]).toEqual([0o600, 0o600]);
  await store.close();
  chmodSync(path, 0o644);
  const again = await SqliteStore.open({ path });
  expect(modeOf(path)).toBe(0o600);
  await again.close();
});

it('refuses a second opener until the first has closed', async () => {
  const path = folder.next();
  const first = await SqliteStore.open({ path });
  const second = SqliteStore.open({ path });
  await expect(second).rejects.toThrow(StoreInUse);
  await expect(second).rejects.toThrow(/open in another process.*stop the other broker/);
  expect(await first.addSession(aSession('desk'))).toBe('added');
  await first.close();
  const third = await SqliteStore.open({ path });
  expect(await third.findSession('desk')).toEqual(aSession('desk'));
  await third.close();
});

it('refuses a file of a newer release and leaves it as it was', async () => {
  const path = folder.next();
  await (await SqliteStore.open({ path })).close();
  const file = new Database(path);
  file.exec('PRAGMA user_version = 99');
  file.close();
  await expect(SqliteStore.open({ path })).rejects.toThrow(StoreTooNew);
  await expect(SqliteStore.open({ path })).rejects.toThrow('schema version 99');
});

it('refuses the database of another program and leaves it as it was', async () => {
  const path = folder.next();
  const file = new Database(path);
  file.exec('CREATE TABLE recipes (name TEXT)');
  file.close();
  const opening = SqliteStore.open({ path });
  await expect(opening).rejects.toThrow(StoreDamaged);
  await expect(opening).rejects.toThrow(
    'is the database of another program. Give the broker a file of its own.',
  );
});

it('says what is wrong with a path at which no store can be', async () => {
  const folderItself = join(folder.path, 'folder');
  mkdirSync(folderItself);
  const text = folder.next();
  writeFileSync(text, 'not a database, but long enough to look like one'.repeat(30));
  const missing = SqliteStore.open({ path: join(folder.path, 'missing', 'store.sqlite') });
  await expect(missing).rejects.toThrow(StoreUnavailable);
  await expect(missing).rejects.toThrow(/cannot be created.*folder .*missing must exist/);
  await expect(SqliteStore.open({ path: folderItself })).rejects.toThrow('is not a file');
  await expect(SqliteStore.open({ path: text })).rejects.toThrow(StoreDamaged);
});

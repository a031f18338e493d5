import { existsSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { inspectDatabase } from '../../src/store/inspect-database.js';
import { SqliteStore } from '../../src/store/sqlite-store.js';
import { aSession } from './records.js';
import { temporaryFolder } from './temporary-folder.js';

const folder = temporaryFolder();

async function stored(): Promise<string> {
  const path = folder.next();
  const store = await SqliteStore.open({ path });
  await store.addSession(aSession('desk'));
  await store.close();
  return path;
}

it('makes no file where there is none', () => {
  const path = folder.next();
  expect(inspectDatabase(path)).toEqual({ kind: 'missing' });
  expect(existsSync(path)).toBe(false);
});

it('finds a store whole, and leaves it byte by byte as it is', async () => {
  const path = await stored();
  const before = readFileSync(path);
  const { mtimeMs } = statSync(path);
  expect(inspectDatabase(path)).toEqual({ kind: 'good' });
  expect(readFileSync(path).equals(before)).toBe(true);
  expect(statSync(path).mtimeMs).toBe(mtimeMs);
});

it('says that a running broker has it open', async () => {
  const path = folder.next();
  const store = await SqliteStore.open({ path });
  expect(inspectDatabase(path)).toMatchObject({ kind: 'bad', problem: 'is open in another process' });
  await store.close();
});

it('sees what is no database, and one whose pages are lost', async () => {
  const foreign = folder.next();
  writeFileSync(foreign, 'x'.repeat(200));
  expect(inspectDatabase(foreign)).toMatchObject({
    kind: 'bad',
    problem: expect.stringContaining('no SQLite'),
  });
  const cut = await stored();
  truncateSync(cut, 4096);
  expect(inspectDatabase(cut)).toMatchObject({ kind: 'bad' });
});

it('sees a database whose pages were overwritten', async () => {
  const path = await stored();
  const bytes = readFileSync(path);
  bytes.fill(0xff, 4096, 4096 + 512);
  writeFileSync(path, bytes);
  expect(inspectDatabase(path)).toMatchObject({ kind: 'bad' });
});

it('opens a file with any characters in its path', async () => {
  const path = `${folder.next()} #?%20ä.db`;
  const store = await SqliteStore.open({ path });
  await store.close();
  expect(inspectDatabase(path)).toEqual({ kind: 'good' });
});

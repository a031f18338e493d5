import { copyFileSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import Database from 'libsql';
import { StoreDamaged } from '../../src/store/store-error.js';
import { SqliteStore } from '../../src/store/sqlite-store.js';
import { aRegistration, aSession, newServer } from './records.js';
import { temporaryFolder } from './temporary-folder.js';

const TAIL_BYTES = 4096;
const PAGE_BYTES = 4096;
const CUTS = 64;
const SESSIONS = 60;
const folder = temporaryFolder();

async function filledStore(path: string): Promise<SqliteStore> {
  const store = await SqliteStore.open({ path });
  for (let number = 0; number < SESSIONS; number += 1) await store.addSession(aSession(`desk-${number}`));
  await store.registerServer(newServer('host-1'));
  await store.addRegistration(aRegistration('a'));
  return store;
}

/** How many bytes to cut off: a sample of the last 4 KiB, with both ends. */
function cuts(): readonly number[] {
  return Array.from({ length: CUTS }, (_, n) => 1 + Math.round((n * (TAIL_BYTES - 1)) / (CUTS - 1)));
}

/** The keys found, or the error that says why there are none to be had. */
async function reopen(path: string): Promise<readonly string[] | StoreDamaged> {
  try {
    const store = await SqliteStore.open({ path });
    const { sessions } = await store.loadFleet();
    await store.close();
    return sessions.map((session) => session.key);
  } catch (error) {
    if (error instanceof StoreDamaged) return error;
    throw error;
  }
}

it('says that the file is damaged wherever its last 4 KiB are cut', async () => {
  const whole = folder.next();
  await (await filledStore(whole)).close();
  expect(await reopen(whole)).toHaveLength(SESSIONS);
  for (const cut of cuts()) {
    const path = folder.next();
    copyFileSync(whole, path);
    truncateSync(path, statSync(whole).size - cut);
    const found = await reopen(path);
    expect(found).toBeInstanceOf(StoreDamaged);
    expect(String(found)).toContain(`${path} is cut off: ${statSync(path).size} of`);
    expect(String(found)).toContain('Restore the file from a backup');
  }
});

it('opens with all commits before the cut when the last 4 KiB of its log are cut', async () => {
  const live = folder.next();
  const store = await filledStore(live);
  const [file, log] = [readFileSync(live), readFileSync(`${live}-wal`)];
  await store.close();
  for (const cut of cuts()) {
    const path = folder.next();
    writeFileSync(path, file);
    writeFileSync(`${path}-wal`, log.subarray(0, log.length - cut));
    const found = await reopen(path);
    // The log ends with the server and the registration: only the last of them can be hurt by the cut.
    expect(found).toHaveLength(SESSIONS);
  }
});

it.each([0, 1, 15, 16, 18, 19, 99, 100, 511, 512, 1024, 4095, 4096, 8192])(
  'says why it does not open when only the first %i bytes are left',
  async (length) => {
    const path = folder.next();
    await (await filledStore(path)).close();
    truncateSync(path, length);
    expect(await reopen(path)).toBeInstanceOf(StoreDamaged);
    expect(statSync(path).size).toBe(length);
  },
);

it('does not start empty when only the log is left, or the log of a young file is gone', async () => {
  const path = folder.next();
  const store = await filledStore(path);
  const [file, log] = [readFileSync(path), readFileSync(`${path}-wal`)];
  await store.close();
  rmSync(path);
  writeFileSync(`${path}-wal`, log);
  expect(String(await reopen(path))).toContain('is missing, but its write-ahead log');

  const alone = folder.next();
  writeFileSync(alone, file);
  expect(String(await reopen(alone))).toContain('is empty');
});

it('names a record that cannot be read, and goes on with the others', async () => {
  const path = folder.next();
  await (await filledStore(path)).close();
  const file = new Database(path);
  file.exec(`UPDATE sessions SET body = '{"key":"desk-1"}' WHERE key = 'desk-1'`);
  file.exec(`UPDATE sessions SET body = '{"key":' WHERE key = 'desk-2'`);
  file.exec(`UPDATE servers SET body = '{}', gate = 'OPEN'`);
  file.close();

  const store = await SqliteStore.open({ path });
  const wrongFields = store.findSession('desk-1');
  const noJson = store.findSession('desk-2');
  const whole = store.findSession('desk-3');
  const touched = store.touchServer('host-1');
  await expect(wrongFields).rejects.toThrow(/has a damaged record: the session with the key "desk-1" \(id: /);
  await expect(noJson).rejects.toThrow(/the session with the key "desk-2"/);
  expect(await whole).toEqual(aSession('desk-3'));
  await expect(touched).rejects.toThrow(/the server with the key "host-1" \(id: .*; facts: /);
  await expect(store.loadFleet()).rejects.toThrow(StoreDamaged);
  await store.close();
});

it('says what is damaged when a page in the middle is overwritten, and is never silently empty', async () => {
  const whole = folder.next();
  await (await filledStore(whole)).close();
  const pages = statSync(whole).size / PAGE_BYTES;
  for (let page = 1; page < pages; page += 1) {
    const path = folder.next();
    writeFileSync(path, readFileSync(whole).fill(0xff, page * PAGE_BYTES, (page + 1) * PAGE_BYTES));
    expect(await reopen(path)).toBeInstanceOf(StoreDamaged);
  }
});

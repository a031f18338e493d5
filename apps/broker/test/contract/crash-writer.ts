import { writeSync } from 'node:fs';
import { SqliteStore } from '../../src/store/sqlite-store.js';
import { aSession, newServer } from './records.js';

/**
 * A program that reserves sessions on a store until it is killed, one name a line for each that the store
 * acknowledged. Arguments: the store's path, a prefix for the names.
 */
const CALLERS = 16;
const STDOUT = 1;

async function reserveForever(store: SqliteStore, caller: string): Promise<never> {
  const serverId = `host-of-${caller}`;
  let { placementVersion } = await store.registerServer(newServer(serverId));
  for (;;) {
    const key = `${caller}-${placementVersion}`;
    const seen = { placementVersion, sessionVersion: null };
    const answer = await store.reserve(aSession(key, { serverId }), seen);
    if (answer !== 'reserved') throw new Error(`unexpected answer ${answer}`);
    // Written at once: what is printed was acknowledged before the process died.
    writeSync(STDOUT, `${key}\n`);
    placementVersion += 1;
  }
}

async function main(path: string, prefix: string): Promise<void> {
  const store = await SqliteStore.open({ path });
  await Promise.all(
    Array.from({ length: CALLERS }, (_, number) => reserveForever(store, `${prefix}-${number}`)),
  );
}

const [path, prefix] = process.argv.slice(2);
if (path === undefined || prefix === undefined) throw new Error('usage: crash-writer <path> <prefix>');
void main(path, prefix);

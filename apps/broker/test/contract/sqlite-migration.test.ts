import Database from 'libsql';
import { ManualClock } from '@dcvsm/testkit';
import { systemIds } from '@dcvsm/runtime';
import { ApiClients } from '../../src/security/clients/api-clients.js';
import { SqliteStore } from '../../src/store/sqlite-store.js';
import { newServer } from './records.js';
import { temporaryFolder } from './temporary-folder.js';

const folder = temporaryFolder();

/** Turns a fresh file into one of the first schema, with the given API clients and the rows that `more` inserts. */
async function firstSchema(path: string, rows: string, more = ''): Promise<void> {
  await (await SqliteStore.open({ path })).close();
  const database = new Database(path);
  database.exec(`DROP TABLE registrations;
    ALTER TABLE servers RENAME COLUMN body TO facts;
    ALTER TABLE secrets RENAME COLUMN body TO value;
    CREATE TABLE api_clients (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
      password_hash TEXT NOT NULL, active INTEGER NOT NULL, created_at_ms REAL NOT NULL) STRICT;
    INSERT INTO api_clients (id, name, password_hash, active, created_at_ms) VALUES ${rows};
    ${more}
    PRAGMA user_version = 1;`);
  database.close();
}

it('takes the API clients of the first schema along, whatever their names', async () => {
  const path = folder.next();
  const quoted = JSON.stringify('the "old" \\ portal\u0000é').slice(1, -1);
  await firstSchema(
    path,
    `('a', '${quoted}', 'aGFzaA', 1, 1000.5), ('b', 'twice', 'x', 0, 2000), ('c', 'twice', 'y', 1, 1500)`,
  );
  const store = await SqliteStore.open({ path });
  const clients = await ApiClients.load(store, new ManualClock(), systemIds());
  expect(clients.list()).toMatchObject([
    { id: 'a', name: 'the "old" \\ portal\u0000é', active: true },
    { id: 'c', name: 'twice', active: true },
    { id: 'b', name: 'twice', active: false },
  ]);
  expect(await clients.register('twice')).toBe('name-taken');
  const [first] = await store.listRegistrations('api-client');
  expect(first).toMatchObject({ createdAtMs: 1000.5, version: 1 });
  await store.close();
});

it('takes servers and secrets of the first schema along, whatever their names', async () => {
  const path = folder.next();
  const name = 'the "old" \\ host\u0000é\ud800';
  const quoted = JSON.stringify(name).slice(1, -1);
  const given = newServer('host-1');
  const factsJson = JSON.stringify(given.facts).replaceAll("'", "''");
  await firstSchema(
    path,
    `('a', 'portal', 'aGFzaA', 1, 1000.5)`,
    `INSERT INTO servers VALUES ('${quoted}', '${factsJson}', 'CLOSED', 3, 9, 1000.5);
     INSERT INTO secrets VALUES ('${quoted}', '${quoted}');`,
  );
  const store = await SqliteStore.open({ path });
  const server = {
    id: name,
    facts: given.facts,
    gate: 'CLOSED',
    linkEpoch: 3,
    placementVersion: 9,
    registeredAtMs: 1000.5,
  };
  expect(await store.findServer(name)).toEqual(server);
  expect(await store.secret(name, 'fresh')).toBe(name);
  expect(await store.contents()).toMatchObject({ servers: [server], secrets: [{ name, value: name }] });
  await store.close();
});

import { StoreDamaged, StoreTooNew, StoreUnavailable } from '../../src/store/store-error.js';
import { describeWith, KINDS, TestDatabase } from './database-servers.js';
import { aSession } from './records.js';

jest.setTimeout(30_000);

describe.each(KINDS)('%s', (kind) => {
  describeWith(kind, 'the schema', () => {
    const databases: TestDatabase[] = [];
    const fresh = (): TestDatabase => {
      const database = TestDatabase.named(kind);
      databases.push(database);
      return database;
    };
    afterAll(() => Promise.all(databases.map((database) => database.drop())));

    it('is made once when several brokers start at once on a database that is not there', async () => {
      const database = fresh();
      const stores = await Promise.all(Array.from({ length: 4 }, () => database.open()));
      expect(await database.run('SELECT version FROM dcvsm_schema')).toEqual([{ version: 1 }]);
      await stores[0]!.addSession(aSession('desk'));
      expect(await stores[3]!.findSession('desk')).toEqual(aSession('desk'));
    });

    it('is completed when the broker that made it was stopped in between', async () => {
      const database = fresh();
      await (await database.open()).addSession(aSession('desk'));
      await database.run('DROP TABLE secrets', 'DELETE FROM dcvsm_schema');
      const store = await database.open();
      expect(await store.secret('pepper', 'fresh')).toBe('fresh');
      expect(await store.findSession('desk')).toEqual(aSession('desk'));
    });

    it('of a newer release is refused', async () => {
      const database = fresh();
      await database.open();
      await database.run('INSERT INTO dcvsm_schema (version) VALUES (99)');
      const opening = database.open();
      await expect(opening).rejects.toThrow(StoreTooNew);
      await expect(opening).rejects.toThrow(/has schema version 99, this broker knows versions up to 1/);
    });

    it('is not made among the tables of another program', async () => {
      const database = fresh();
      await database.open();
      await database.run('DROP TABLE dcvsm_schema');
      const opening = database.open();
      await expect(opening).rejects.toThrow(StoreDamaged);
      await expect(opening).rejects.toThrow(/has tables of another program .*Give the broker a database/);
    });

    it('tells a damaged row by its key', async () => {
      const database = fresh();
      const store = await database.open();
      await store.addSession(aSession('desk'));
      await database.run(`UPDATE sessions SET body = '{}'`);
      await expect(store.findSession('desk')).rejects.toThrow(/the session with the key "[0-9a-f]{64}"/);
      await expect(store.loadFleet()).rejects.toThrow(StoreDamaged);
    });

    it('says what is wrong when the database cannot be opened, and never a password', async () => {
      const { address } = fresh();
      const elsewhere = fresh();
      const wrong = { ...address, user: 'nobody', password: 'hunter2', createsDatabase: false };
      const opening = elsewhere.open({}, wrong);
      await expect(opening).rejects.toThrow(StoreUnavailable);
      await expect(opening).rejects.toThrow(`${kind}://${address.host}:${address.port}/${address.database}`);
      await expect(opening).rejects.not.toThrow('hunter2');
    });
  });
});

import { describeWith, KINDS, TestDatabase } from './database-servers.js';
import { storeContract } from './store-contract.js';

describe.each(KINDS)('%s', (kind) => {
  describeWith(kind, 'the contract', () => {
    const database = TestDatabase.named(kind);
    afterAll(() => database.drop());
    const open = async () => {
      const store = await database.open();
      await database.empty();
      return { store, other: await database.open() };
    };
    storeContract(`SharedStore with ${kind}`, open);
  });
});

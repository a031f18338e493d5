import { SqliteStore } from '../../src/store/sqlite-store.js';
import { storeContract } from './store-contract.js';
import { temporaryFolder } from './temporary-folder.js';

const folder = temporaryFolder();
storeContract('SqliteStore', async () => {
  const store = await SqliteStore.open({ path: folder.next() });
  return { store, other: store };
});

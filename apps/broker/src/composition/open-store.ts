import { systemRandom, type Clock, type Log } from '@dcvsm/runtime';
import { databaseFile } from '../config/database-file.js';
import type { BrokerConfig } from '../config/read-config.js';
import { MemoryStore } from '../store/memory-store.js';
import { SharedStore } from '../store/server/shared-store.js';
import { SqliteStore } from '../store/sqlite-store.js';
import type { Store } from '../store/store.js';

export interface OpenStoreOptions {
  readonly config: BrokerConfig;
  readonly clock: Clock;
  readonly log: Log;
}

/** The store that the configuration chooses. @rejects with an error that says what to do */
export function openStore({ config, clock, log }: OpenStoreOptions): Promise<Store> {
  const { database: address } = config;
  if (address !== undefined) return SharedStore.open({ address, clock, random: systemRandom(), log });
  if (config.store === 'memory') return Promise.resolve(new MemoryStore());
  return SqliteStore.open({ path: databaseFile(config.workingPath), log });
}

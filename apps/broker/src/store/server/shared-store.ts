import { isNativeError } from 'node:util/types';
import type { Clock, Log, Random } from '@dcvsm/runtime';
import { SqlStore } from '../sql/sql-store.js';
import { isStoreError, StoreUnavailable } from '../store-error.js';
import type { DatabaseAddress } from './database-address.js';
import { migrateServer } from './migrate-server.js';
import { MysqlServer } from './mysql-server.js';
import { PooledTransactions, type PoolLimits } from './pooled-transactions.js';
import { PostgresServer } from './postgres-server.js';
import type { SqlServer } from './sql-server.js';

export interface SharedStoreOptions {
  readonly address: DatabaseAddress;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly limits?: Partial<PoolLimits>;
}

/** The store of several brokers: a database on a server, used over a pool of connections. */
export class SharedStore extends SqlStore {
  /** @throws StoreUnavailable, StoreDamaged, StoreTooNew: each says what to do */
  static async open(options: SharedStoreOptions): Promise<SharedStore> {
    const server = serverOf(options.address);
    try {
      await migrateServer(server);
    } catch (error) {
      if (isStoreError(error) || !isNativeError(error)) throw error;
      throw new StoreUnavailable(
        `The store ${server.name} cannot be opened (${error.message}). Check its address, user and rights.`,
        { cause: error },
      );
    }
    return new SharedStore(new PooledTransactions({ ...options, server }));
  }
}

function serverOf(address: DatabaseAddress): SqlServer {
  return address.kind === 'mysql' ? new MysqlServer(address) : new PostgresServer(address);
}

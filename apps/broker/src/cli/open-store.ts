import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { createLog, systemRandom, type Clock } from '@dcvsm/runtime';
import { AdminError } from '../admin/admin-client.js';
import { databaseFile } from '../config/database-file.js';
import { parseJdbcUrl } from '../config/jdbc-url.js';
import type { BrokerConfig } from '../config/read-config.js';
import { readSecret } from '../config/secret-reference.js';
import { SharedStore } from '../store/server/shared-store.js';
import { SqliteStore } from '../store/sqlite-store.js';
import type { Store } from '../store/store.js';

/** What an operator writes for a store; shown by the command that takes it. */
export const STORE_FORMS =
  'sqlite:/path, mysql://user:password@host:port/name, postgresql://…, ${env:NAME} for such an address, or configured';

export interface OpenStoreOptions {
  readonly config: BrokerConfig;
  readonly clock: Clock;
  /** A source that is missing is a mistake, a target is made. */
  readonly mustExist: boolean;
}

/** Opens the store that an operator named. @rejects AdminError, StoreError: each says what to do */
export async function openNamedStore(given: string, options: OpenStoreOptions): Promise<Store> {
  const { config, clock, mustExist } = options;
  const log = createLog({ name: 'migrate-store', level: 'warn' });
  const open = (address: Parameters<typeof SharedStore.open>[0]['address']): Promise<Store> =>
    SharedStore.open({ address, clock, random: systemRandom(), log });
  if (given === 'configured') {
    if (config.database !== undefined) return open(config.database);
    return openFile(databaseFile(config.workingPath), mustExist);
  }
  const secret = readSecret(given);
  if (secret.kind === 'problem') throw new AdminError(`the store ${secret.problem}; ${secret.remedy}`);
  if (secret.text.startsWith('sqlite:')) return openFile(secret.text.slice('sqlite:'.length), mustExist);
  const parsed = parseJdbcUrl(secret.text);
  if (parsed.kind === 'problem')
    throw new AdminError(`the store ${parsed.problem}; write one of: ${STORE_FORMS}`);
  const { user, password, ...url } = parsed.url;
  if (user === undefined)
    throw new AdminError('the store names no user; write mysql://user:password@host/name');
  return open({ ...url, user, password: password ?? '' });
}

function openFile(path: string, mustExist: boolean): Promise<Store> {
  if (!isAbsolute(path)) throw new AdminError(`write the whole path of the file: sqlite:/${path}`);
  if (mustExist && !existsSync(path)) throw new AdminError(`there is no file ${path} to move from`);
  return SqliteStore.open({ path });
}

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { silentLog, systemClock, systemRandom } from '@dcvsm/runtime';
import { BROKER_FOLDER } from '../processes/broker-process.js';
import { temporaryFolder } from '../processes/temporary-folder.js';

/** What the benchmark needs of the built broker's stores; see `broker-parts.ts`. */
export interface BenchStore {
  fill(contents: Contents, options: { readonly replaces: boolean }): Promise<string>;
  registerServer(server: object): Promise<unknown>;
  reserve(
    session: object,
    seen: { readonly placementVersion: number; readonly sessionVersion: null },
  ): Promise<string>;
  close(): Promise<void>;
}

type Contents = Readonly<Record<'sessions' | 'servers' | 'registrations' | 'secrets', readonly object[]>>;
type Open = (options: object) => Promise<BenchStore>;

/** A database of the benchmark's own on this machine's servers; it is left there, empty. */
const SERVERS = { mysql: 3306, postgres: 5432 } as const;

/** Null: there is no such server on this machine. */
export async function openStore(kind: 'sqlite' | 'mysql' | 'postgres'): Promise<BenchStore | null> {
  if (kind === 'sqlite') {
    const open = await opener('sqlite-store.js', 'SqliteStore');
    return open({ path: join(temporaryFolder(), 'broker.db') });
  }
  const open = await opener('server/shared-store.js', 'SharedStore');
  const address = {
    ...{ kind, host: '127.0.0.1', port: SERVERS[kind], database: 'dcvsm_bench', user: 'root', password: '' },
    createsDatabase: true,
    tls: { mode: 'off', caFile: null },
  };
  try {
    return await open({ address, clock: systemClock(), random: systemRandom(), log: silentLog() });
  } catch (error) {
    if (error instanceof Error && error.message.includes('ECONNREFUSED')) return null;
    throw error;
  }
}

async function opener(file: string, name: string): Promise<Open> {
  const url = pathToFileURL(join(BROKER_FOLDER, 'dist', 'store', file)).href;
  const found = ((await import(url)) as Record<string, { readonly open: Open }>)[name];
  if (found === undefined) throw new Error(`${file} has no ${name}`);
  return (options) => found.open(options);
}

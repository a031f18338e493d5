import { systemClock } from '@dcvsm/runtime';
import { StoreUnavailable } from '../../src/store/store-error.js';
import type { Store } from '../../src/store/store.js';
import { describeWith, KINDS, TestDatabase, type Kind } from './database-servers.js';
import { everything } from './must.js';
import { aRegistration, aSession, newServer } from './records.js';
import { TcpProxy } from './tcp-proxy.js';

/** The limit is 1.8 s; databases by themselves wait for tens of seconds, and a busy machine for some. */
const MOST_MS = 8000;

const clock = systemClock();
const CONNECTIONS: Record<Kind, string> = {
  mysql:
    'SELECT id AS id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()',
  postgres:
    'SELECT pid AS id FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
};
const kill = (kind: Kind, id: number): string =>
  kind === 'mysql' ? `KILL CONNECTION ${id}` : `SELECT pg_terminate_backend(${id})`;

/** Reserves one after the other, as one broker does for one host; after a failure it looks, and asks again. */
async function reserveAll(store: Store, serverId: string, count: number): Promise<readonly string[]> {
  const acknowledged: string[] = [];
  while (acknowledged.length < count) {
    const session = aSession(`${serverId}-${acknowledged.length}`, { serverId });
    const server = await repeated(() => store.findServer(serverId));
    const seen = { placementVersion: server!.placementVersion, sessionVersion: null };
    const answer = await store.reserve(session, seen).catch((error: unknown) => {
      if (!(error instanceof StoreUnavailable)) throw error;
      return error.mayBeKept ? 'unknown' : 'nothing';
    });
    const isKept = answer === 'unknown' && (await repeated(() => store.findSession(session.key))) !== null;
    if (answer === 'reserved' || isKept) acknowledged.push(session.key);
    else expect(['unknown', 'nothing']).toContain(answer);
  }
  return acknowledged;
}

async function repeated<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
    }
  }
}

// Each of them lasts as long as the limits it is about, on a machine that may be busy.
jest.setTimeout(60_000);

describe.each(KINDS)('%s', (kind) => {
  describeWith(kind, 'faults', () => {
    const database = TestDatabase.named(kind);
    const proxies: TcpProxy[] = [];
    beforeEach(async () => {
      await database.open();
      await database.empty();
    });
    afterAll(async () => {
      await Promise.all(proxies.map((proxy) => proxy.close()));
      await database.drop();
    });
    const throughProxy = async (limits = {}) => {
      const proxy = await TcpProxy.to(database.address);
      proxies.push(proxy);
      const store = await database.open(limits, { ...database.address, host: '127.0.0.1', port: proxy.port });
      return { proxy, store };
    };
    const killAll = async () => {
      const rows = (await database.run(CONNECTIONS[kind])) as readonly { readonly id: number }[];
      // One of them may have ended by itself meanwhile.
      for (const { id } of rows) await database.run(kill(kind, id)).catch(() => undefined);
      return rows.length;
    };

    it('loses and doubles nothing when its connections are killed again and again', async () => {
      const store = await database.open();
      const hosts = ['host-1', 'host-2', 'host-3'];
      for (const id of hosts) await store.registerServer(newServer(id));
      let isBusy = true;
      const work = Promise.all(hosts.map((id) => reserveAll(store, id, 60))).finally(() => (isBusy = false));
      let killed = 0;
      while (isBusy) killed += await killAll();
      const acknowledged = (await work).flat();
      expect(killed).toBeGreaterThan(5);
      const { sessions, servers } = await everything(store);
      expect(sessions.map(({ key }) => key).toSorted()).toEqual(acknowledged.toSorted());
      for (const { id, placementVersion } of servers)
        expect(sessions.filter(({ serverId }) => serverId === id)).toHaveLength(placementVersion - 1);
    }, 60_000);

    it('knows its own work again when the answer to a commit is lost', async () => {
      const { proxy, store } = await throughProxy({ maxConnections: 1 });
      await store.registerServer(newServer('host-1'));
      await store.addSession(aSession('old'));
      await store.addRegistration(aRegistration('r'));
      // The request arrives and is carried out, the answer does not come back.
      const ask = async <T>(writes: string, operation: () => Promise<T>) => {
        proxy.cutAfterRequest(writes);
        return operation();
      };
      const placed = aSession('desk', { serverId: 'host-1' });
      const seen = { placementVersion: 1, sessionVersion: null };
      expect(await ask('COMMIT', () => store.reserve(placed, seen))).toBe('reserved');
      expect((await store.findServer('host-1'))?.placementVersion).toBe(2);
      const changed = aSession('old', { version: 2 });
      expect(await ask('fresh-body', () => store.addSession(aSession('new', { name: 'fresh-body' })))).toBe(
        'added',
      );
      expect(await ask('next-body', () => store.changeSession({ ...changed, name: 'next-body' }, 1))).toBe(
        'changed',
      );
      expect(await ask('COMMIT', () => store.addRegistration(aRegistration('s')))).toBe('added');
      const next = aRegistration('r', { version: 2, body: '"next"' });
      expect(await ask('COMMIT', () => store.changeRegistration(next, 1))).toBe('changed');
      expect(proxy.cuts).toBe(5);
      expect((await everything(store)).sessions).toHaveLength(3);
    });

    it('says within two seconds that the database does not answer, and goes on when it does again', async () => {
      const { proxy, store } = await throughProxy();
      await store.registerServer(newServer('host-1'));
      for (const fault of ['silent', 'refusing'] as const) {
        proxy.turn(fault);
        const startedAt = clock.monotonicMs();
        const asked = Array.from({ length: 30 }, (_, n) => store.addSession(aSession(`${fault}-${n}`)));
        const answers = await Promise.allSettled([...asked, store.findServer('host-1')]);
        expect(clock.monotonicMs() - startedAt).toBeLessThan(MOST_MS);
        for (const answer of answers) {
          const reason: unknown = answer.status === 'rejected' ? answer.reason : answer;
          expect(reason).toBeInstanceOf(StoreUnavailable);
          expect(reason).toMatchObject({ retryable: true });
        }
        proxy.turn('open');
        expect(await store.addSession(aSession(`after-${fault}`))).toBe('added');
      }
    }, 20_000);

    it('repeats what a deadlock ended', async () => {
      // A busy machine may need longer for several attempts than a client would wait.
      const store = await database.open({ answerMs: 15_000 });
      await store.registerServer(newServer('host-1'));
      await store.addSession(aSession('desk'));
      const other = await database.connect();
      await other.begin('transaction');
      // Locks the session, then asks for the server, while the reservation does it the other way round.
      await other.execute({ sql: 'UPDATE sessions SET version = version', values: [] });
      const placed = aSession('desk', { serverId: 'host-1', version: 2 });
      const reserved = store.reserve(placed, { placementVersion: 1, sessionVersion: 1 });
      await until(async () => (await waiting(database, kind)) > 0);
      const crossing = other.execute({ sql: 'UPDATE servers SET link_epoch = link_epoch', values: [] });
      await crossing.then(
        () => other.commit(),
        () => other.rollback(),
      );
      await other.end();
      expect(await reserved).toBe('reserved');
      expect((await store.findServer('host-1'))?.placementVersion).toBe(2);
    }, 20_000);

    it('waits no longer than its limit for a lock that somebody keeps', async () => {
      const store = await database.open();
      await store.registerServer(newServer('host-1'));
      const other = await database.connect();
      await other.begin('transaction');
      await other.execute({ sql: 'UPDATE servers SET link_epoch = link_epoch', values: [] });
      const startedAt = clock.monotonicMs();
      await expect(store.touchServer('host-1')).rejects.toThrow(StoreUnavailable);
      expect(clock.monotonicMs() - startedAt).toBeLessThan(MOST_MS);
      await other.rollback();
      await other.end();
      expect((await store.touchServer('host-1'))?.placementVersion).toBe(2);
    }, 20_000);

    it('serves a crowd that takes longer than one operation may', async () => {
      const store = await database.open({ maxConnections: 1, answerMs: 1000 });
      const crowd = Array.from({ length: 600 }, (_, n) => store.addSession(aSession(`desk-${n}`)));
      expect(new Set(await Promise.all(crowd))).toEqual(new Set(['added']));
    }, 30_000);

    it('opens no more connections than allowed, whatever is asked at once', async () => {
      const store = await database.open({ maxConnections: 2 });
      const before = (await database.run(CONNECTIONS[kind])).length;
      const many = Array.from({ length: 200 }, (_, n) => store.addSession(aSession(`desk-${n}`)));
      const during = (await database.run(CONNECTIONS[kind])).length;
      expect(new Set(await Promise.all(many))).toEqual(new Set(['added']));
      expect(during - before).toBeLessThanOrEqual(2);
      expect((await database.run(CONNECTIONS[kind])).length - before).toBeLessThanOrEqual(2);
    });
  });
});

/** How many transactions wait for a lock. */
async function waiting(database: TestDatabase, kind: Kind): Promise<number> {
  const sql =
    kind === 'mysql'
      ? `SELECT trx_id AS id FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'`
      : `SELECT pid AS id FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  return (await database.run(sql)).length;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds()));
}

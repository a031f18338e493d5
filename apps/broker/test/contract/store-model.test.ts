import fc from 'fast-check';
import type { Session } from '../../src/domain/session.js';
import { MemoryStore } from '../../src/store/memory-store.js';
import { SqliteStore } from '../../src/store/sqlite-store.js';
import type { Store } from '../../src/store/store.js';
import { everything } from './must.js';
import { aSession, anApiClient, facts, newServer } from './records.js';
import { temporaryFolder } from './temporary-folder.js';

/** One call of the port. Few names and small versions, so that calls meet. */
type Call = (store: Store) => Promise<unknown>;

const folder = temporaryFolder();
const name = fc.constantFrom('a', 'A', 'b', 'a\u0000', '');
/** Facts have passed the wire's border, where halves of characters and NUL are refused. */
const hostName = name.map((text) => text.toWellFormed().replaceAll('\0', ''));
const version = fc.integer({ min: 0, max: 3 });
const seenVersion = fc.option(version, { nil: null, freq: 2 });
const firstServers: readonly Call[] = ['a', 'A', 'b'].map(
  (id) => (store) => store.registerServer(newServer(id)),
);

const session: fc.Arbitrary<Session> = fc
  .record({
    key: name,
    version,
    owner: fc.string({ unit: 'binary' }),
    serverId: fc.option(name, { nil: null }),
  })
  .map(({ key, ...change }) => aSession(key, change));

const call: fc.Arbitrary<Call> = fc.oneof(
  session.map(
    (given): Call =>
      (store) =>
        store.addSession(given),
  ),
  fc
    .tuple(session, name, version, seenVersion)
    .map(([given, serverId, placementVersion, sessionVersion]): Call => {
      return (store) => store.reserve({ ...given, serverId }, { placementVersion, sessionVersion });
    }),
  fc.tuple(session, version).map(
    ([given, seen]): Call =>
      (store) =>
        store.changeSession(given, seen),
  ),
  fc.tuple(name, version).map(
    ([key, seen]): Call =>
      (store) =>
        store.removeSession(key, seen),
  ),
  name.map(
    (key): Call =>
      (store) =>
        store.findSession(key),
  ),
  name.map(
    (id): Call =>
      (store) =>
        store.findServer(id),
  ),
  name.map(
    (id): Call =>
      (store) =>
        store.registerServer(newServer(id)),
  ),
  fc.tuple(name, hostName, version).map(([id, hostname, linkEpoch]): Call => {
    return (store) => store.changeServerFacts({ id, facts: facts(`x${hostname}`), linkEpoch });
  }),
  fc.tuple(name, fc.constantFrom('OPEN' as const, 'CLOSED' as const)).map(
    ([id, gate]): Call =>
      (store) =>
        store.setGate(id, gate),
  ),
  name.map(
    (id): Call =>
      (store) =>
        store.touchServer(id),
  ),
  fc.tuple(name, version).map(
    ([id, epoch]): Call =>
      (store) =>
        store.removeServer(id, epoch),
  ),
  fc.tuple(name, name, version).map(([id, clientName, createdAtMs]): Call => {
    return (store) => store.addApiClient(anApiClient(id, { name: clientName, createdAtMs }));
  }),
  name.map(
    (id): Call =>
      (store) =>
        store.deactivateApiClient(id),
  ),
  fc.tuple(name, name).map(
    ([key, fresh]): Call =>
      (store) =>
        store.secret(key, fresh),
  ),
);

/** A reservation that looked before, as the broker does; it takes two calls, so nothing may come between them. */
const informedReserve = fc.tuple(session, fc.constantFrom('a', 'A')).map(([given, serverId]): Call => {
  return async (store) => {
    const placementVersion = (await store.findServer(serverId))?.placementVersion ?? 1;
    const sessionVersion = (await store.findSession(given.key))?.version ?? null;
    return store.reserve({ ...given, serverId }, { placementVersion, sessionVersion });
  };
});

/** Turns of the event loop: the calls of one are made together. */
const turn = fc.oneof(
  fc.array(call, { minLength: 1, maxLength: 8 }),
  informedReserve.map((reserve) => [reserve]),
);
const turns = fc.array(turn, { minLength: 1, maxLength: 20 });

async function answersOf(store: Store, calls: readonly Call[]): Promise<readonly unknown[]> {
  const settled = await Promise.allSettled(calls.map((ask) => ask(store)));
  return settled.map((answer) => (answer.status === 'fulfilled' ? answer.value : 'refused'));
}

it(
  'answers as the store in memory does, whatever is asked in whatever order, also after it was opened again',
  () =>
    fc.assert(
      fc.asyncProperty(turns, async (script) => {
        const path = folder.next();
        const memory = new MemoryStore();
        let sqlite = await SqliteStore.open({ path });
        for (const calls of [firstServers, ...script]) {
          expect(await answersOf(sqlite, calls)).toEqual(await answersOf(memory, calls));
          expect(await everything(sqlite)).toEqual(await everything(memory));
        }
        await sqlite.close();
        sqlite = await SqliteStore.open({ path });
        expect(await everything(sqlite)).toEqual(await everything(memory));
        expect(await sqlite.listApiClients()).toEqual(await memory.listApiClients());
        await sqlite.close();
      }),
      { numRuns: 60 },
    ),
  60_000,
);

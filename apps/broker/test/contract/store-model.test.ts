import fc from 'fast-check';
import type { Session } from '../../src/domain/session.js';
import { MemoryStore } from '../../src/store/memory-store.js';
import { SqliteStore } from '../../src/store/sqlite-store.js';
import type { Store } from '../../src/store/store.js';
import { describeWith, KINDS, TestDatabase } from './database-servers.js';
import { everything } from './must.js';
import { aRegistration, aSession, facts, newServer } from './records.js';
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

const kind = fc.constantFrom('api-client' as const, 'agent-client' as const);
const registration = fc
  .record({
    kind,
    id: name,
    uniqueName: fc.option(name, { nil: null }),
    createdAtMs: version,
    body: fc.json(),
    version,
  })
  .map(({ id, ...change }) => aRegistration(id, change));

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
  registration.map(
    (given): Call =>
      (store) =>
        store.addRegistration(given),
  ),
  fc.tuple(registration, version).map(
    ([given, seen]): Call =>
      (store) =>
        store.changeRegistration(given, seen),
  ),
  fc.tuple(kind, name, version).map(
    ([of, id, seen]): Call =>
      (store) =>
        store.removeRegistration(of, id, seen),
  ),
  fc.tuple(kind, name).map(
    ([of, id]): Call =>
      (store) =>
        store.findRegistration(of, id),
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

/** Asks a store and one in memory the same; between two turns both have come to rest. */
async function compare(store: Store, script: readonly (readonly Call[])[]): Promise<MemoryStore> {
  const memory = new MemoryStore();
  for (const calls of [firstServers, ...script]) {
    expect(await answersOf(store, calls)).toEqual(await answersOf(memory, calls));
    expect(await everything(store)).toEqual(await everything(memory));
  }
  return memory;
}

async function expectSame(store: Store, memory: MemoryStore): Promise<void> {
  expect(await everything(store)).toEqual(await everything(memory));
  for (const sort of ['api-client', 'agent-client'] as const)
    expect(await store.listRegistrations(sort)).toEqual(await memory.listRegistrations(sort));
}

it(
  'answers as the store in memory does, whatever is asked in whatever order, also after it was opened again',
  () =>
    fc.assert(
      fc.asyncProperty(turns, async (script) => {
        const path = folder.next();
        const sqlite = await SqliteStore.open({ path });
        const memory = await compare(sqlite, script);
        await sqlite.close();
        const again = await SqliteStore.open({ path });
        await expectSame(again, memory);
        await again.close();
      }),
      { numRuns: 60 },
    ),
  60_000,
);

describe.each(KINDS)('%s', (kind) => {
  describeWith(kind, 'the model', () => {
    const database = TestDatabase.named(kind);
    afterAll(() => database.drop());

    it('answers as the store in memory does, also to another broker', async () => {
      const [store, other] = [await database.open(), await database.open()];
      const property = fc.asyncProperty(turns, async (script) => {
        await database.empty();
        await expectSame(other, await compare(store, script));
      });
      await fc.assert(property, { numRuns: 25 });
    }, 60_000);
  });
});

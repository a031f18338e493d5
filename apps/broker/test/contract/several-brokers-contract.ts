import type { Store } from '../../src/store/store.js';
import { expectNoChange, type Must } from './must.js';
import { aRegistration, aSession, facts, newServer } from './records.js';

export function severalBrokersContract(must: Must): void {
  must('What one has answered, the others must read.', async (store, other) => {
    await store.addSession(aSession('desk'));
    expect(await other.findSession('desk')).toEqual(aSession('desk'));
    const server = await other.registerServer(newServer('host-1'));
    expect(await store.findServer('host-1')).toEqual(server);
    const placed = aSession('placed', { serverId: 'host-1' });
    await store.reserve(placed, { placementVersion: 1, sessionVersion: null });
    expect((await other.loadFleet()).sessions).toContainEqual(placed);
    await other.addRegistration(aRegistration('a'));
    expect(await store.listRegistrations('api-client')).toEqual([aRegistration('a')]);
    expect(await store.secret('pepper', await other.secret('pepper', 'one'))).toBe('one');
    await store.removeSession('desk', 1);
    expect(await other.findSession('desk')).toBeNull();
  });

  must(
    'Of changes that several make at once and that saw the same version, must let exactly one through.',
    async (store, other) => {
      const both = [store, other];
      const rounds = Array.from({ length: 20 }, (_, round) => round);
      await store.registerServer(newServer('host-1'));
      for (const round of rounds) {
        const tries = <T>(ask: (from: Store, name: string) => Promise<T>) =>
          Promise.all(both.flatMap((from, index) => [ask(from, `${index}-a`), ask(from, `${index}-b`)]));
        const once = (answers: readonly string[], word: string) =>
          expect(answers.filter((answer) => answer === word)).toHaveLength(1);

        once(
          await tries((from, name) =>
            from.reserve(aSession(`${round}-${name}`, { serverId: 'host-1' }), {
              placementVersion: round + 1,
              sessionVersion: null,
            }),
          ),
          'reserved',
        );
        const key = `shared-${round}`;
        once(await tries((from, owner) => from.addSession(aSession(key, { owner }))), 'added');
        once(
          await tries((from, owner) => from.changeSession(aSession(key, { owner, version: 2 }), 1)),
          'changed',
        );
        once(await tries((from) => from.removeSession(key, 2)), 'removed');

        const id = `r-${round}`;
        once(
          await tries((from, body) => from.addRegistration(aRegistration(id, { body: `"${body}"` }))),
          'added',
        );
        const taking = (from: Store, name: string) =>
          from.addRegistration(aRegistration(`${id}-${name}`, { uniqueName: `only-${round}` }));
        once(await tries(taking), 'added');
        const change = (from: Store, body: string) =>
          from.changeRegistration(aRegistration(id, { body: `"${body}"`, version: 2 }), 1);
        once(await tries(change), 'changed');
        once(await tries((from) => from.removeRegistration('api-client', id, 2)), 'removed');
        expect(new Set(await tries((from, name) => from.secret(key, name))).size).toBe(1);
      }
      expect((await store.findServer('host-1'))?.placementVersion).toBe(rounds.length + 1);
    },
  );

  must(
    'While others reserve, every session that a returned placement version counts must be among the returned sessions.',
    async (store, other) => {
      for (const id of ['host-1', 'host-2']) await store.registerServer(newServer(id));
      const fill = async (serverId: string): Promise<void> => {
        for (let placementVersion = 1; placementVersion <= 40; placementVersion += 1) {
          const session = aSession(`${serverId}-${placementVersion}`, { serverId });
          expect(await store.reserve(session, { placementVersion, sessionVersion: null })).toBe('reserved');
        }
      };
      let isFilling = true;
      const filled = Promise.all([fill('host-1'), fill('host-2')]).finally(() => (isFilling = false));
      let looks = 0;
      do {
        const { sessions, servers } = await other.loadFleet();
        for (const { id, placementVersion } of servers) {
          const placed = sessions.filter(({ serverId }) => serverId === id);
          expect(placed.length).toBeGreaterThanOrEqual(placementVersion - 1);
        }
        looks += 1;
      } while (isFilling);
      await filled;
      expect(looks).toBeGreaterThan(1);
    },
  );
}

export function contentsContract(must: Must): void {
  const everythingKept = async (store: Store) => {
    await store.registerServer(newServer('host-1'));
    await store.registerServer(newServer('host-1'));
    await store.registerServer(newServer('shut\u0000'));
    await store.setGate('shut\u0000', 'CLOSED');
    await store.reserve(aSession('desk', { serverId: 'host-1', version: 7 }), {
      placementVersion: 2,
      sessionVersion: null,
    });
    await store.addSession(aSession('DESK'));
    const registrations = [
      aRegistration('old', { createdAtMs: 1.5, uniqueName: null, version: 3 }),
      aRegistration('z', { kind: 'dns-mapping' }),
      aRegistration('a'),
    ];
    for (const registration of registrations) await store.addRegistration(registration);
    await store.secret('pepper', 'a\u0000"');
    const servers = [
      {
        ...newServer('host-1'),
        facts: facts('name-of-host-1'),
        gate: 'OPEN',
        linkEpoch: 2,
        placementVersion: 3,
      },
      { ...newServer('shut\u0000'), gate: 'CLOSED', linkEpoch: 1, placementVersion: 2 },
    ];
    const sessions = [aSession('DESK'), aSession('desk', { serverId: 'host-1', version: 7 })];
    return { sessions, servers, registrations, secrets: [{ name: 'pepper', value: 'a\u0000"' }] };
  };
  const sorted = async (store: Store) => {
    const { sessions, servers, registrations, secrets } = await store.contents();
    return {
      sessions: sessions.toSorted((a, b) => (a.key < b.key ? -1 : 1)),
      servers: servers.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
      registrations,
      secrets,
    };
  };

  must(
    'Must return all that is kept: the fleet, the registrations of every kind, and the secrets.',
    async (store) => {
      expect(await sorted(store)).toEqual({ sessions: [], servers: [], registrations: [], secrets: [] });
      const kept = await everythingKept(store);
      expect(await sorted(store)).toEqual(kept);
    },
  );

  must('Must keep exactly the given contents, versions and epochs included.', async (store) => {
    await everythingKept(store);
    const contents = await store.contents();
    await store.fill({ sessions: [], servers: [], registrations: [], secrets: [] }, { replaces: true });
    const stored: number[] = [];
    expect(await store.fill(contents, { onProgress: (count) => stored.push(count) })).toBe('filled');
    expect(stored.at(-1)).toBe(8);
    expect(await sorted(store)).toEqual({
      ...contents,
      sessions: contents.sessions.toSorted((a, b) => (a.key < b.key ? -1 : 1)),
      servers: contents.servers.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    });
    expect(await store.secret('pepper', 'fresh')).toBe('a\u0000"');
    expect(await store.findSession('desk')).toMatchObject({ version: 7 });
  });

  must(
    'Must answer `not-empty` and change nothing if anything is kept, unless `replaces`.',
    async (store) => {
      const nothing = { sessions: [], servers: [], registrations: [], secrets: [] };
      const some = { ...nothing, sessions: [aSession('moved')] };
      await store.secret('pepper', 'one');
      expect(await expectNoChange(store, () => store.fill(some))).toBe('not-empty');
      expect((await store.contents()).secrets).toEqual([{ name: 'pepper', value: 'one' }]);
      await store.addSession(aSession('old'));
      expect(await store.fill(some, { replaces: true })).toBe('filled');
      expect(await store.contents()).toEqual(some);
    },
  );
}

import fc from 'fast-check';
import { aSession, facts } from '../../test/contract/records.js';
import type { Server } from '../domain/server.js';
import { isQueued, occupiesServer, type Session } from '../domain/session.js';
import type { SessionEntry } from './session-entry.js';
import { View } from './view.js';

function aServer(id: string, change: Partial<Server> = {}): Server {
  const known = { gate: 'OPEN', linkEpoch: 1, placementVersion: 1, registeredAtMs: 1 } as const;
  return { id, facts: facts(id), ...known, ...change };
}

const session = fc.record({
  key: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
  owner: fc.constantFrom('alice', 'bob'),
  type: fc.constantFrom('CONSOLE' as const, 'VIRTUAL' as const),
  state: fc.constantFrom('CREATING' as const, 'READY' as const, 'UNKNOWN' as const, 'DELETED' as const),
  serverId: fc.constantFrom(null, 's1', 's2'),
  requestedAtMs: fc.nat(5),
  version: fc.nat(5),
});
const serverId = fc.constantFrom('s1', 's2');
const color = fc.constantFrom('pink', 'blue');
type Change = (view: View, model: Map<string, Session>) => void;
const change: fc.Arbitrary<Change> = fc.oneof(
  session.map(({ key, ...fields }): Change => (view, model) => {
    const next = aSession(key, fields);
    view.putSession(next);
    if ((model.get(key)?.version ?? -1) <= next.version) model.set(key, next);
  }),
  fc.constantFrom('a', 'b', 'c').map((key): Change => (view, model) => {
    view.removeSession(key);
    model.delete(key);
  }),
  fc.tuple(serverId, color).map(([id, value]): Change => (view) => {
    view.putServer(aServer(id, { facts: { ...facts(id), tags: [{ key: 'color', value }] } }));
  }),
  // From the first question on such sessions are kept apart.
  color.map(
    (value): Change =>
      (view) =>
        void view.sessionsWithTagAfter('color', value, null),
  ),
  serverId.map(
    (id): Change =>
      (view) =>
        view.removeServer(id),
  ),
  fc.tuple(serverId, session).map(([id, { key, ...fields }]): Change => (view) => {
    // A reservation that comes to nothing.
    const held = aSession(key, { ...fields, serverId: id });
    const entry = view.server(id);
    entry?.hold(held);
    entry?.endHold(held);
  }),
);

const shown = (entries: Iterable<SessionEntry>): string[] => [...entries].map((entry) => entry.session.key);

it('has counts and indexes that equal a recount, after any changes', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
      const view = new View();
      const model = new Map<string, Session>();
      for (const apply of changes) apply(view, model);
      const all = [...model.values()];
      const keys = (sessions: readonly Session[]): string[] => sessions.map(({ key }) => key).sort();

      expect(shown(view.sessionsAfter(null))).toEqual([...model.keys()].sort());
      expect(view.sessionCount).toBe(model.size);
      for (const one of all) expect(view.session(one.key)).toBe(one);
      for (const owner of ['alice', 'bob']) {
        const owned = all.filter((one) => one.owner === owner);
        expect(shown(view.sessionsOfOwner(owner))).toEqual(keys(owned));
      }
      for (const value of ['pink', 'blue']) {
        const colored = all.filter(
          (one) => one.serverId !== null && view.server(one.serverId)?.tag('color') === value,
        );
        expect(shown(view.sessionsWithTagAfter('color', value, null))).toEqual(keys(colored));
      }
      for (const state of ['CREATING', 'READY', 'UNKNOWN', 'DELETED'] as const) {
        expect(keys(view.sessionsInState(state))).toEqual(keys(all.filter((one) => one.state === state)));
      }
      for (const id of ['s1', 's2']) {
        const here = all.filter((one) => one.serverId === id);
        expect(keys(view.sessionsOnServer(id))).toEqual(keys(here));
        const entry = view.server(id);
        if (entry === undefined) continue;
        const virtual = here.filter((one) => occupiesServer(one) && one.type === 'VIRTUAL');
        const ofAlice = virtual.filter(({ owner }) => owner === 'alice');
        expect(entry.virtualSessions).toBe(virtual.length);
        expect(entry.virtualSessionsOf('alice')).toBe(ofAlice.length);
        expect(entry.consoleSessions).toBe(here.filter(occupiesServer).length - virtual.length);
      }
      const queue = view.queue();
      expect(keys(queue)).toEqual(keys(all.filter(isQueued)));
      expect(view.queueLength).toBe(queue.length);
      const order = queue.map(({ requestedAtMs, key }): [number, string] => [requestedAtMs, key]);
      expect(order).toEqual([...order].sort(([a, x], [b, y]) => a - b || (x < y ? -1 : 1)));
    }),
  );
});

it('keeps the newer of two records of a server, whichever is put last', () => {
  const view = new View();
  view.putServer(aServer('s1', { placementVersion: 5, gate: 'CLOSED' }));
  view.putServer(aServer('s1', { placementVersion: 4 }));
  expect(view.server('s1')?.gate).toBe('CLOSED');
});

it('takes a server that was forgotten and registered again as new', () => {
  const view = new View();
  view.putServer(aServer('s1', { placementVersion: 5, linkEpoch: 9 }));
  view.putServer(aServer('s1', { placementVersion: 1, linkEpoch: 1, registeredAtMs: 2 }));
  expect(view.server('s1')?.server.linkEpoch).toBe(1);
});

it('counts a reservation on its way, and foresees the version the next one will find', () => {
  const view = new View();
  const entry = view.putServer(aServer('s1', { placementVersion: 3 }));
  const held = aSession('a', { serverId: 's1' });
  entry.hold(held);
  expect([entry.virtualSessions, entry.virtualSessionsOf('alice'), entry.nextPlacementVersion]).toEqual([
    1, 1, 4,
  ]);
  entry.endHold(held);
  expect([entry.virtualSessions, entry.virtualSessionsOf('alice'), entry.nextPlacementVersion]).toEqual([
    0, 0, 3,
  ]);
});

it('keeps nothing of a session that is not known, and forgets with the session', () => {
  const view = new View();
  const live = { connections: 2, lastDisconnectedAtMs: null };
  view.putSessionLive('a', live);
  expect(view.sessionLive('a')).toBeUndefined();
  view.putSession(aSession('a'));
  view.putSessionLive('a', live);
  expect(view.sessionLive('a')).toEqual(live);
  view.removeSession('a');
  view.putSession(aSession('a'));
  expect(view.sessionLive('a')).toBeUndefined();
});

it('finds all sessions of one id', () => {
  const view = new View();
  for (const key of ['console@s1', 'console@s2']) view.putSession(aSession(key, { id: 'console' }));
  expect(view.sessionsWithId('console')).toHaveLength(2);
  view.removeSession('console@s1');
  expect(view.sessionsWithId('console').map(({ key }) => key)).toEqual(['console@s2']);
});

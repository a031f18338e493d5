import type { SessionState } from '@dcvsm/protocol';
import { hostSession } from '@dcvsm/testkit';
import fc from 'fast-check';
import { aSession } from '../../test/contract/records.js';
import { reconcile, type Correction } from './reconcile.js';
import { adoptedKey } from './session-lifecycle.js';
import type { Session } from './session.js';

const HERE = 'here';
const FORMER = 'former';
const host = hostSession('a');

function corrections(records: readonly Session[], listed = [host]): Correction[] {
  return reconcile({
    serverId: HERE,
    formerServerIds: [FORMER],
    listed,
    bound: records.filter(({ serverId }) => serverId === HERE),
    find: (key) => records.find((session) => session.key === key),
  });
}

type Row = readonly [SessionState, string | null, 'ready' | 'close' | null];

/** What becomes of a session of ours that the host lists, by state and by where we think it is. */
const listed: readonly Row[] = [
  ['CREATING', HERE, 'ready'],
  ['CREATING', FORMER, 'ready'],
  ['CREATING', 'elsewhere', 'close'],
  ['CREATING', null, 'close'],
  ['READY', HERE, null],
  ['READY', FORMER, 'ready'],
  ['READY', 'elsewhere', 'close'],
  ['UNKNOWN', HERE, 'ready'],
  ['UNKNOWN', FORMER, 'ready'],
  ['UNKNOWN', 'elsewhere', 'ready'],
  ['DELETING', HERE, null],
  ['DELETING', FORMER, null],
  ['DELETING', 'elsewhere', 'close'],
  ['DELETED', HERE, 'ready'],
  ['DELETED', FORMER, 'ready'],
  ['DELETED', 'elsewhere', 'ready'],
];

it.each(listed)('listed, %s on %s: %s', (state, serverId, expected) => {
  const session = aSession('a', { state, serverId, triedServerIds: [] });
  const [correction, ...more] = corrections([session]);
  expect(more).toEqual([]);
  expect(correction?.kind ?? null).toBe(expected);
  if (correction?.kind === 'ready') expect(correction).toEqual({ kind: 'ready', session, host });
});

it.each<readonly [SessionState, 'ready' | null]>([
  ['READY', 'ready'],
  ['UNKNOWN', 'ready'],
  ['DELETING', null],
])('made anew on its host under the same id, %s: %s', (state, expected) => {
  const noon = { createdAtMs: Date.UTC(2026, 0, 1, 12), state, serverId: HERE };
  const later = hostSession('a', { createdAt: '2026-01-01T12:00:01Z' });
  const own = aSession('a', noon);
  expect(corrections([own], [later])[0]?.kind ?? null).toBe(expected);
  const local = aSession(adoptedKey('a', HERE), { ...noon, id: 'a', wanted: null });
  expect(corrections([local], [later])[0]?.kind ?? null).toBe(expected);
});

it.each<readonly [SessionState, boolean]>([
  ['CREATING', false],
  ['READY', true],
  ['UNKNOWN', true],
  ['DELETING', true],
  ['DELETED', false],
])('not listed, %s here: gone %s', (state, isGone) => {
  const session = aSession('a', { state, serverId: HERE });
  expect(corrections([session], [])).toEqual(isGone ? [{ kind: 'gone', session }] : []);
});

it.each([
  ['of ours', aSession('a', { state: 'DELETED', serverId: HERE, unwanted: true })],
  [
    'made on its host',
    aSession(adoptedKey('a', HERE), {
      id: 'a',
      wanted: null,
      state: 'DELETED',
      serverId: HERE,
      unwanted: true,
    }),
  ],
])('closes what must not come back, %s', (_, session) => {
  expect(corrections([session])).toMatchObject([{ kind: 'close', sessionId: 'a' }]);
});

it.each<SessionState>(['READY', 'UNKNOWN', 'DELETED', 'DELETING', 'CREATING'])(
  'closes the late result of an attempt that was given up here, when it is %s elsewhere',
  (state) => {
    for (const tried of [HERE, FORMER]) {
      const session = aSession('a', { state, serverId: 'elsewhere', triedServerIds: [tried] });
      expect(corrections([session])).toMatchObject([{ kind: 'close', sessionId: 'a' }]);
    }
  },
);

it('keeps a session whose second attempt on the same server succeeded', () => {
  const session = aSession('a', { state: 'CREATING', serverId: HERE, triedServerIds: [HERE] });
  expect(corrections([session])).toMatchObject([{ kind: 'ready' }]);
});

describe('a session that nobody asked for', () => {
  it('is adopted once', () => {
    expect(corrections([])).toEqual([{ kind: 'adopt', host }]);
    const known = aSession(adoptedKey('a', HERE), { id: 'a', wanted: null, state: 'READY', serverId: HERE });
    expect(corrections([known])).toEqual([]);
  });

  it('is adopted also when another host has one of the same id', () => {
    const other = aSession(adoptedKey('a', 'other'), {
      id: 'a',
      wanted: null,
      state: 'READY',
      serverId: 'other',
    });
    expect(corrections([other])).toEqual([{ kind: 'adopt', host }]);
  });

  it.each<SessionState>(['UNKNOWN', 'DELETED'])('is READY again when it was %s', (state) => {
    const known = aSession(adoptedKey('a', HERE), { id: 'a', wanted: null, state, serverId: HERE });
    expect(corrections([known])).toEqual([{ kind: 'ready', session: known, host }]);
  });
});

it('has nothing more to say once its corrections are made', () => {
  const session = fc.record({
    state: fc.constantFrom<SessionState>('CREATING', 'READY', 'UNKNOWN', 'DELETING', 'DELETED'),
    serverId: fc.constantFrom(HERE, 'elsewhere'),
  });
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), session),
      fc.subarray(['a', 'b', 'c', 'd']),
      (made, ids) => {
        const records = new Map(
          Object.entries(made).map(([key, change]) => [
            key,
            aSession(key, { ...change, triedServerIds: [] }),
          ]),
        );
        const hosts = ids.map((id) => hostSession(id));
        let there = hosts;
        for (const correction of corrections([...records.values()], hosts)) {
          if (correction.kind === 'ready') {
            records.set(correction.session.key, { ...correction.session, state: 'READY', serverId: HERE });
          } else if (correction.kind === 'gone') {
            records.set(correction.session.key, { ...correction.session, state: 'DELETED' });
          } else if (correction.kind === 'adopt') {
            const { id } = correction.host;
            const key = adoptedKey(id, HERE);
            records.set(key, aSession(key, { id, wanted: null, state: 'READY', serverId: HERE }));
          } else {
            there = there.filter(({ id }) => id !== correction.sessionId);
          }
        }
        expect(corrections([...records.values()], there)).toEqual([]);
      },
    ),
  );
});

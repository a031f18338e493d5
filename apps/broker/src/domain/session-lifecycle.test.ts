import type { SessionState } from '@dcvsm/protocol';
import { hostSession } from '@dcvsm/testkit';
import { aSession } from '../../test/contract/records.js';
import type { Session } from './session.js';
import {
  adopted,
  attemptFailed,
  deleted,
  deleting,
  mayBecome,
  moved,
  placed,
  queued,
  ready,
  requested,
  unknown,
  withPermissions,
} from './session-lifecycle.js';

const STATES: readonly SessionState[] = ['CREATING', 'READY', 'UNKNOWN', 'DELETING', 'DELETED'];
const NOW_MS = 1_000_000;
const gone = { atMs: NOW_MS, reason: 'so it was' };

/** From which states each transition is allowed, as the graph in the documentation has it. */
const transitions: readonly [
  string,
  (session: Session) => Session | null,
  SessionState,
  readonly SessionState[],
][] = [
  ['placed', (session) => placed(session, 's1', NOW_MS), 'CREATING', ['CREATING']],
  ['queued', (session) => queued(session, NOW_MS, 'full'), 'CREATING', ['CREATING']],
  [
    'ready',
    (session) => ready(session, hostSession('a'), 's1'),
    'READY',
    ['CREATING', 'READY', 'UNKNOWN', 'DELETED'],
  ],
  ['unknown', (session) => unknown(session, 'lost'), 'UNKNOWN', ['READY']],
  [
    'deleting',
    (session) => deleting(session, { forced: false }),
    'DELETING',
    ['CREATING', 'READY', 'UNKNOWN', 'DELETING'],
  ],
  ['deleted', (session) => deleted(session, gone), 'DELETED', ['CREATING', 'READY', 'UNKNOWN', 'DELETING']],
];

describe.each(transitions)('%s', (_, transition, to, allowed) => {
  it.each(STATES)('from %s is as the graph says', (from) => {
    const session = aSession('a', { state: from, version: 7 });
    const next = transition(session);
    if (!allowed.includes(from)) {
      expect(next).toBeNull();
      return;
    }
    expect(next).toMatchObject({ key: 'a', state: to, version: 8 });
    expect(mayBecome(from, to)).toBe(true);
  });
});

it('never leads anywhere from DELETED but back to READY', () => {
  expect(STATES.filter((to) => mayBecome('DELETED', to))).toEqual(['READY']);
});

it('leaves the record that it is given as it was', () => {
  const session = Object.freeze(aSession('a', { state: 'CREATING' }));
  for (const [, transition] of transitions) transition(session);
  expect(session).toEqual(aSession('a', { state: 'CREATING' }));
});

it('begins without a server, and takes the storage root that was wanted', () => {
  const wanted = { enqueue: false, retryOnFailure: true, storageRoot: '/srv' };
  const session = requested('id', { name: 'n', owner: 'o', type: 'VIRTUAL', wanted }, NOW_MS);
  expect(session).toMatchObject({
    key: 'id',
    id: 'id',
    state: 'CREATING',
    serverId: null,
    storageRoot: '/srv',
    version: 1,
  });
});

it('keys what was found on hosts by the host too, so that many can have a session "console"', () => {
  const keys = ['s1', 's2'].map((serverId) => adopted(hostSession('console'), serverId, NOW_MS).key);
  expect(new Set(keys).size).toBe(2);
  expect(adopted(hostSession('console'), 's1', NOW_MS)).toMatchObject({
    id: 'console',
    wanted: null,
    state: 'READY',
  });
});

it('remembers each server whose attempt failed', () => {
  const first = attemptFailed(aSession('a', { serverId: 's1', triedServerIds: [] }));
  expect(first.triedServerIds).toEqual(['s1']);
  expect(attemptFailed({ ...first, serverId: 's2' }).triedServerIds).toEqual(['s1', 's2']);
  expect(attemptFailed({ ...first, serverId: null }).triedServerIds).toEqual(['s1']);
});

it('clears what belonged to the time before, but for when its earlier life ended', () => {
  const before = aSession('a', {
    state: 'DELETED',
    stateReason: 'gone',
    queuedUntilMs: 1,
    reservedUntilMs: 2,
    deletedAtMs: 3,
    forced: true,
  });
  expect(ready(before, hostSession('a', { createdAt: '2026-01-01T00:00:00Z' }), 's1')).toMatchObject({
    stateReason: null,
    queuedUntilMs: null,
    reservedUntilMs: null,
    deletedAtMs: 3,
    forced: false,
    createdAtMs: Date.UTC(2026, 0, 1),
  });
});

describe('a session that is shown again after its end', () => {
  it('is unwanted if it never was READY', () => {
    expect(deleted(aSession('a', { state: 'CREATING' }), gone)?.unwanted).toBe(true);
    const deletion = deleting(aSession('a', { state: 'CREATING' }), { forced: true });
    expect(deletion?.unwanted).toBe(true);
    expect(deleted(deletion!, gone)?.unwanted).toBe(true);
  });

  it('is welcome if it was READY, unless its deletion is still owed', () => {
    const session = aSession('a', { state: 'READY' });
    expect(deleted(session, gone)?.unwanted).toBe(false);
    const deletion = deleting(session, { forced: false })!;
    expect(deleted(deletion, { ...gone, confirmed: true })?.unwanted).toBe(false);
    expect(deleted(deletion, gone)?.unwanted).toBe(true);
  });

  it('is welcome after a deletion that only removed the record', () => {
    const forced = deleting(aSession('a', { state: 'READY' }), { forced: true })!;
    expect(deleted(forced, gone)?.unwanted).toBe(false);
  });

  it('is still owed its deletion when force comes later', () => {
    const owed = deleting(aSession('a', { state: 'READY' }), { forced: false })!;
    expect(deleted(deleting(owed, { forced: true })!, gone)?.unwanted).toBe(true);
  });

  it('is unwanted after its deletion if an earlier attempt was given up on the same server', () => {
    const session = aSession('a', { state: 'READY', serverId: 's1', triedServerIds: ['s1'] });
    const deletion = deleting(session, { forced: false })!;
    expect(deleted(deletion, { ...gone, confirmed: true })?.unwanted).toBe(true);
    expect(deleted(session, gone)?.unwanted).toBe(false);
    const elsewhere = { ...deletion, triedServerIds: ['s2'] };
    expect(deleted(elsewhere, { ...gone, confirmed: true })?.unwanted).toBe(false);
  });
});

it('does not take force back once it was asked for', () => {
  const forced = deleting(aSession('a', { state: 'READY' }), { forced: true })!;
  expect(deleting(forced, { forced: false })?.forced).toBe(true);
});

it('moves in whatever state it is, except when it is gone', () => {
  expect(moved(aSession('a', { state: 'CREATING', serverId: 's1' }), 's2')).toMatchObject({
    state: 'CREATING',
    serverId: 's2',
  });
  expect(moved(aSession('a', { state: 'DELETED', serverId: 's1' }), 's2')).toBeNull();
});

it('remembers new permissions for another attempt, but not for what was made elsewhere', () => {
  expect(withPermissions(aSession('a', { version: 3 }), 'cGVybQ==')).toMatchObject({
    wanted: { permissionsFile: 'cGVybQ==' },
    version: 4,
  });
  const local = aSession('a', { wanted: null });
  expect(withPermissions(local, 'cGVybQ==')).toBe(local);
});

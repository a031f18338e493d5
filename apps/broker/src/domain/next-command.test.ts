import { Command } from '@dcvsm/protocol';
import { aSession } from '../../test/contract/records.js';
import { nextCommand } from './next-command.js';
import type { Session } from './session.js';

const NOW_MS = 1_000;
const reserved: Partial<Session> = {
  state: 'CREATING',
  serverId: 's1',
  reservedUntilMs: NOW_MS + 500,
  triedServerIds: [],
};

it('creates what has a reservation, until that ends', () => {
  const due = nextCommand(aSession('a', reserved), NOW_MS);
  expect(due).toMatchObject({
    serverId: 's1',
    commandId: 'create:a:1',
    command: { kind: 'create-session', sessionId: 'a', owner: 'alice', type: 'VIRTUAL' },
    untilMs: NOW_MS + 500,
  });
  expect(nextCommand(aSession('a', reserved), NOW_MS + 500)).toBeNull();
});

it('says all that was wanted, and nothing that was not', () => {
  const wanted = {
    dcvGlEnabled: true,
    maxConcurrentClients: 3,
    initFile: 'init.sh',
    autorunFile: 'run.sh',
    autorunFileArguments: ['a', 'b'],
    permissionsFile: 'cGVybQ==',
    storageRoot: '/srv',
  };
  const host = { enqueue: true, retryOnFailure: true, requirements: '' };
  const full = nextCommand(aSession('a', { ...reserved, wanted: { ...host, ...wanted } }), NOW_MS);
  expect(full?.command).toEqual({
    kind: 'create-session',
    sessionId: 'a',
    name: 'desk of a',
    owner: 'alice',
    type: 'VIRTUAL',
    ...wanted,
  });
  const bare = nextCommand(aSession('a', { ...reserved, wanted: host }), NOW_MS);
  expect(Object.keys(bare?.command ?? {}).sort()).toEqual(['kind', 'name', 'owner', 'sessionId', 'type']);
  expect(Command.parse(full?.command)).toEqual(full?.command);
});

it('keeps the id of a command for one attempt and gives another attempt another', () => {
  const id = (change: Partial<Session>, nowMs = NOW_MS): string | undefined =>
    nextCommand(aSession('a', { ...reserved, ...change }), nowMs)?.commandId;
  expect(id({}, NOW_MS + 100)).toBe(id({}));
  expect(id({ triedServerIds: ['s0'] })).toBe('create:a:2');
});

it('deletes what is to be deleted, as often as it is asked', () => {
  const session = aSession('a', { state: 'DELETING', serverId: 's1' });
  expect(nextCommand(session, NOW_MS)).toMatchObject({
    serverId: 's1',
    command: { kind: 'delete-session', sessionId: 'a' },
  });
});

it.each<readonly [string, Partial<Session>]>([
  ['waits in the queue', { ...reserved, serverId: null }],
  ['is READY', { state: 'READY', serverId: 's1' }],
  ['is UNKNOWN', { state: 'UNKNOWN', serverId: 's1' }],
  ['is DELETED', { state: 'DELETED', serverId: 's1' }],
])('has nothing to do for a session that %s', (_, change) => {
  expect(nextCommand(aSession('a', change), NOW_MS)).toBeNull();
});

import type { Session } from '@dcvsm/protocol';
import { Ledger, type Held } from './ledger.js';

function told(id: string, fields: Partial<Session> = {}, serverId = 'a'): Session {
  const server = { Id: serverId } as NonNullable<Session['Server']>;
  return { Id: id, Name: 'n', Owner: 'o', Type: 'VIRTUAL', State: 'READY', Server: server, ...fields };
}

function held(sessionId: string, serverId = 'a', name = sessionId): Held {
  return { sessionId, serverId, name };
}

function acknowledged(...ids: readonly string[]): Ledger {
  const ledger = new Ledger();
  for (const id of ids) ledger.acknowledge(id, ledger.nextName());
  return ledger;
}

const clean = { lost: [], doubled: [], orphaned: [] };

it('finds nothing where each acknowledged session is on its host, gone with a reason, or deleted as asked', () => {
  const ledger = acknowledged('1', '2', '3');
  ledger.deletionAsked('3');
  const gone = told('2', { State: 'DELETED', StateReason: 'its server did not create it' });
  expect(ledger.judge([told('1'), gone], [held('1')])).toEqual(clean);
});

it.each([
  ['that the broker does not know', [], []],
  ['that its host does not have', [told('1')], []],
  ['that is on another host than the broker says', [told('1', {}, 'b')], [held('1', 'a')]],
  ['that is gone without a reason', [told('1', { State: 'DELETED' })], []],
  ['that never becomes READY', [told('1', { State: 'CREATING' })], []],
])('calls a session lost %s', (_, sessions, hosts) => {
  expect(acknowledged('1').judge(sessions, hosts).lost).toHaveLength(1);
});

it('finds a session on two hosts, and two sessions of one request', () => {
  const sessions = [told('1'), told('2')];
  expect(acknowledged().judge(sessions, [held('1'), held('1', 'b')]).doubled).toHaveLength(1);
  expect(acknowledged().judge(sessions, [held('1', 'a', 'x'), held('2', 'a', 'x')]).doubled).toHaveLength(1);
});

it('finds what is on a host although the broker says that it is not there', () => {
  const deleted = told('1', { State: 'DELETED', StateReason: 'given up' });
  expect(acknowledged('1').judge([deleted], [held('1')])).toEqual({
    ...clean,
    orphaned: [expect.any(String)],
  });
  expect(acknowledged().judge([], [held('1')]).orphaned).toHaveLength(1);
});

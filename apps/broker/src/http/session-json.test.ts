import { hostFacts } from '@dcvsm/testkit';
import { placed, ready, requested } from '../domain/session-lifecycle.js';
import type { Session } from '../domain/session.js';
import { ServerEntry } from '../view/server-entry.js';
import { SessionJson } from './session-json.js';

const server = (ip: string) => ({
  ...({ id: 's1', facts: hostFacts({ ip }), gate: 'OPEN', linkEpoch: 1, placementVersion: 1 } as const),
  registeredAtMs: 0,
});
const wanted = { enqueue: false, retryOnFailure: true };
const creating = placed(
  requested('one', { name: 'desk', owner: 'alice', type: 'VIRTUAL', wanted }, 0),
  's1',
  1,
) as Session;

it('shows each change of the session, of its server and of its connections', () => {
  const entry = new ServerEntry(server('10.0.0.1'));
  const kept = new SessionJson();
  const shown = (...args: Parameters<SessionJson['of']>): unknown => JSON.parse(kept.of(...args).toString());
  expect(shown(creating, entry, undefined)).toMatchObject({ State: 'CREATING', NumOfConnections: 0 });
  const live = { connections: 2, lastDisconnectedAtMs: null };
  expect(shown(creating, entry, live)).toMatchObject({ NumOfConnections: 2 });
  entry.setServer(server('10.0.0.2'));
  expect(shown(creating, entry, live)).toMatchObject({ Server: { Ip: '10.0.0.2' } });
  const host = { id: 'one', name: 'desk', owner: 'alice', type: 'VIRTUAL', connections: 2 } as const;
  const running = ready(creating, host, 's1') as Session;
  expect(shown(running, entry, live)).toMatchObject({ State: 'READY' });
});

it('keeps the bytes while nothing has changed', () => {
  const entry = new ServerEntry(server('10.0.0.1'));
  const kept = new SessionJson();
  expect(kept.of(creating, entry, undefined)).toBe(kept.of(creating, entry, undefined));
});

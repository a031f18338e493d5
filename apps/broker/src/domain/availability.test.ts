import type { UnavailabilityReason } from '@dcvsm/protocol';
import { unavailabilityReason, type ServerCondition } from './availability.js';

const good: ServerCondition = {
  gate: 'OPEN',
  reachable: true,
  dcvProblem: null,
  osFamily: 'linux',
  loggedInUsers: 0,
  consoleSessions: 0,
  virtualSessions: 0,
  maxVirtualSessions: 2,
};
const windows = { osFamily: 'windows', maxVirtualSessions: 0 } as const;

it.each<readonly [string, Partial<ServerCondition>, UnavailabilityReason | null]>([
  ['nothing wrong', {}, null],
  ['no link', { reachable: false }, 'UNREACHABLE_AGENT'],
  ['closed', { gate: 'CLOSED' }, 'SERVER_CLOSED'],
  ['DCV does not answer', { dcvProblem: 'broken' }, 'UNHEALTHY_DCV_SERVER'],
  ['a console session', { consoleSessions: 1 }, 'SERVER_FULL'],
  ['room for one more', { virtualSessions: 1 }, null],
  ['no room', { virtualSessions: 2 }, 'SERVER_FULL'],
  ['more than its limit', { virtualSessions: 3 }, 'SERVER_FULL'],
  ['no limit', { virtualSessions: 1_000, maxVirtualSessions: -1 }, null],
  ['no virtual sessions allowed', { maxVirtualSessions: 0 }, null],
  ['Windows', windows, null],
  ['Windows with its console session', { ...windows, consoleSessions: 1, loggedInUsers: 1 }, 'SERVER_FULL'],
  ['Windows with somebody logged in', { ...windows, loggedInUsers: 1 }, 'EXISTING_LOGGED_IN_USER'],
  ['Linux with somebody logged in', { loggedInUsers: 1 }, null],
])('with %s (%j): %s', (_, change, expected) => {
  expect(unavailabilityReason({ ...good, ...change })).toBe(expected);
});

it('names the first that applies of: unreachable, closed, unhealthy, full', () => {
  const everything = {
    ...good,
    reachable: false,
    gate: 'CLOSED',
    dcvProblem: 'broken',
    consoleSessions: 1,
  } as const;
  const reasons = [
    unavailabilityReason(everything),
    unavailabilityReason({ ...everything, reachable: true }),
    unavailabilityReason({ ...everything, reachable: true, gate: 'OPEN' }),
    unavailabilityReason({ ...everything, reachable: true, gate: 'OPEN', dcvProblem: null }),
  ];
  expect(reasons).toEqual(['UNREACHABLE_AGENT', 'SERVER_CLOSED', 'UNHEALTHY_DCV_SERVER', 'SERVER_FULL']);
});

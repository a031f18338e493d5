import type { IncomingMessage } from 'node:http';
import { silentLog } from '@dcvsm/runtime';
import { ManualClock } from '@dcvsm/testkit';
import { callerAddress, throttle } from './throttle.js';

const request = (forwardedFor?: string, remoteAddress = '10.0.0.1'): IncomingMessage =>
  ({ socket: { remoteAddress }, headers: { 'x-forwarded-for': forwardedFor } }) as unknown as IncomingMessage;

it.each([
  [undefined, '10.0.0.1'],
  ['203.0.113.7', '203.0.113.7'],
  ['6.6.6.6, 203.0.113.7', '203.0.113.7'],
  ['203.0.113.7, ', '10.0.0.1'],
  ['unknown', '10.0.0.1'],
  ['2001:db8::1', '2001:db8::1'],
  ["' OR 1=1", '10.0.0.1'],
])('knows a caller with X-Forwarded-For %j as %s', (header, expected) => {
  expect(callerAddress(request(header), true)).toBe(expected);
});

it('does not believe the header unless it is told to', () => {
  expect(callerAddress(request('203.0.113.7'), false)).toBe('10.0.0.1');
});

it('lets twice the rate through at once, then the rate, for each address by itself', async () => {
  const clock = new ManualClock();
  const take = throttle({ apiRequestsPerSecond: 5, trustsForwardedFor: false, clock, log: silentLog() });
  const many = (count: number, address: string) =>
    Array.from({ length: count }, () => take(request(undefined, address))).filter((wait) => wait === null);
  expect(many(20, 'a')).toHaveLength(10);
  expect(many(3, 'b')).toHaveLength(3);
  await clock.advance(1000);
  expect(many(20, 'a')).toHaveLength(5);
});

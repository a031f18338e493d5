import type { IncomingMessage } from 'node:http';
import { silentLog } from '@dcvsm/runtime';
import { ManualClock } from '@dcvsm/testkit';
import type { AuditEntry } from '../../audit/audit-entry.js';
import { failedAttempts } from './failed-attempts.js';

let entries: AuditEntry[];
let clock: ManualClock;
let count: ReturnType<typeof failedAttempts>;
beforeEach(() => {
  entries = [];
  clock = new ManualClock();
  const audit = (entry: AuditEntry): void => void entries.push(entry);
  count = failedAttempts({ trustsForwardedFor: false, audit, clock, log: silentLog() });
});

const from = (remoteAddress: string): IncomingMessage =>
  ({ socket: { remoteAddress }, headers: {} }) as unknown as IncomingMessage;
const refusals = (times: number, address: string, id: (n: number) => string) =>
  Array.from({ length: times }, (_, n) => count(from(address), id(n))).filter((wait) => wait !== null);

it('refuses to go on guessing the password of one client, from many addresses too', () => {
  expect(refusals(20, 'a', () => 'portal')).toEqual([]);
  expect(refusals(5, 'b', () => 'portal')).toEqual([1, 1, 1, 1, 1]);
  expect(refusals(1, 'b', () => 'other')).toEqual([]);
});

it('refuses to go on guessing from one address, under many names too', () => {
  expect(refusals(100, 'a', (n) => `client-${n}`)).toEqual([]);
  expect(refusals(1, 'a', () => 'one-more')).toHaveLength(1);
  expect(refusals(1, 'b', () => 'one-more')).toEqual([]);
});

it('listens again later', async () => {
  refusals(25, 'a', () => 'portal');
  await clock.advance(60_000);
  expect(refusals(20, 'a', () => 'portal')).toEqual([]);
});

it('records a flood once in a while, not each guess', async () => {
  refusals(1000, 'a', () => 'portal');
  expect(entries).toMatchObject([{ actor: { id: 'portal' }, outcome: 'refused', address: 'a' }]);
  await clock.advance(10_000);
  refusals(1000, 'a', () => 'portal');
  expect(entries).toHaveLength(2);
});

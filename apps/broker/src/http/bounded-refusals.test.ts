import { ManualClock } from '@dcvsm/testkit';
import type { AuditEntry } from '../audit/audit-entry.js';
import { boundedRefusals } from './bounded-refusals.js';

const refusal: AuditEntry = {
  actor: { kind: 'unknown', id: null },
  action: 'connection.verify',
  objects: [],
  outcome: 'refused',
  reason: 'the token is not valid',
  address: '10.0.0.1',
};

let clock: ManualClock;
let recorded: AuditEntry[];
let record: (entry: AuditEntry) => void;
beforeEach(() => {
  clock = new ManualClock();
  recorded = [];
  record = boundedRefusals((entry) => void recorded.push(entry), clock);
});

const flood = (entry: AuditEntry, times = 1000): void => {
  for (let time = 0; time < times; time += 1) record(entry);
};

it('records what happens as it is', () => {
  flood(refusal, 100);
  expect(recorded).toHaveLength(100);
  expect(recorded.at(-1)).toEqual(refusal);
});

it('records of a flood a part, and how many it left out', async () => {
  flood(refusal);
  expect(recorded).toHaveLength(100);
  await clock.advance(1000);
  record(refusal);
  expect(recorded.at(-1)?.reason).toBe(
    'the token is not valid; 900 refusals of this address before it were not recorded',
  );
  await clock.advance(1000);
  record(refusal);
  expect(recorded.at(-1)).toEqual(refusal);
});

it('leaves out no success, and nothing of other addresses', () => {
  flood(refusal);
  const success: AuditEntry = { ...refusal, outcome: 'success' };
  flood(success);
  record({ ...refusal, address: '10.0.0.2' });
  expect(recorded).toHaveLength(1101);
});

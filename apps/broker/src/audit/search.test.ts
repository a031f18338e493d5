import { AuditLine, FIRST_PREVIOUS } from './audit-line.js';
import { fits } from './search.js';

const line = AuditLine.parse({
  seq: 1,
  at: '2026-01-01T12:00:00.000Z',
  actor: { kind: 'client', id: 'c1' },
  action: 'api-client.register',
  objects: ['a', 'b'],
  outcome: 'refused',
  requestId: 'r1',
  previous: FIRST_PREVIOUS,
});
const noonMs = Date.parse('2026-01-01T12:00:00Z');

it.each([
  [{}, true],
  [{ action: 'api-client' }, true],
  [{ action: 'api-client.register' }, true],
  [{ action: 'api' }, false],
  [{ actor: 'c1' }, true],
  [{ actor: 'client' }, true],
  [{ actor: 'agent' }, false],
  [{ object: 'b' }, true],
  [{ object: 'c' }, false],
  [{ outcome: 'refused' as const }, true],
  [{ outcome: 'success' as const }, false],
  [{ requestId: 'r2' }, false],
  [{ sinceMs: noonMs, untilMs: noonMs }, true],
  [{ sinceMs: noonMs + 1 }, false],
  [{ untilMs: noonMs - 1 }, false],
  [{ actor: 'c1', object: 'c' }, false],
])('%j fits: %s', (query, expected) => {
  expect(fits(line, query)).toBe(expected);
});

import { retryAfterMs } from './retry-after.js';

it.each<[string | undefined, number]>([
  [undefined, 0],
  ['0', 0],
  ['7', 7_000],
  ['999999999', 3_600_000],
  ['-1', 0],
  ['1.5', 0],
  ['Tue, 24 Nov 2026 00:00:00 GMT', 0],
])('reads Retry-After: %s', (header, ms) => {
  expect(retryAfterMs({ headers: header === undefined ? {} : { 'retry-after': header } })).toBe(ms);
});

import { duration, megabytes } from './quantities.js';

it.each([
  [0, '0 seconds'],
  [1, '1 second'],
  [59, '59 seconds'],
  [60, '1 minute'],
  [61, '1 minute 1 second'],
  [3_600, '1 hour'],
  [86_399, '23 hours 59 minutes'],
  [90_061, '1 day 1 hour'],
  [86_460, '1 day'],
])('says %d seconds as %s', (seconds, words) => {
  expect(duration(seconds)).toBe(words);
});

it.each([
  [0, '0.0 MB'],
  [1_572_864, '1.5 MB'],
  [167_772_160, '160 MB'],
])('says %d bytes as %s', (bytes, words) => {
  expect(megabytes(bytes)).toBe(words);
});

import { nearestKey } from './nearest-key.js';

const known = ['enable-gateway', 'store', 'log-level', 'jdbc-user'];

describe('nearestKey', () => {
  it.each([
    ['enable-gatway', 'enable-gateway'],
    ['enable_gateway', 'enable-gateway'],
    ['Enable-Gateway', 'enable-gateway'],
    ['loglevel', 'log-level'],
    ['stroe', undefined],
    ['stores', 'store'],
    ['something-else', undefined],
    ['', undefined],
  ])('%j → %j', (typed, meant) => {
    expect(nearestKey(typed, known)).toBe(meant);
  });

  it('does not compare absurdly long keys', () => {
    expect(nearestKey('x'.repeat(1_000_000), ['x'.repeat(1_000_000)])).toBeUndefined();
  });
});

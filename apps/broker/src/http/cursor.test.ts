import { limits } from '@dcvsm/protocol';
import fc from 'fast-check';
import { decodeCursor, encodeCursor } from './cursor.js';

it('carries any key there and back', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', minLength: 1 }),
      fc.constantFrom('sessions', 'servers'),
      (key, kind) => {
        expect(decodeCursor(kind, encodeCursor(kind, key))).toBe(key);
      },
    ),
  );
  expect(decodeCursor('sessions', undefined)).toBeNull();
});

it('fits into a request with the longest key there is', () => {
  const longest = '王'.repeat(limits.sessionIdCharacters + 1 + limits.serverIdCharacters);
  expect(encodeCursor('sessions', longest).length).toBeLessThanOrEqual(limits.nextTokenCharacters);
});

it('refuses forged tokens, those of the other list, and empty ones', () => {
  const forged = [
    '',
    'x',
    'c2Vzc2lvbnM',
    encodeCursor('servers', 'a'),
    `${encodeCursor('sessions', 'a')}=`,
    'c2Vzc2lvbnM6',
  ];
  for (const token of forged)
    expect(() => decodeCursor('sessions', token)).toThrow('NextToken is not valid here');
  fc.assert(
    fc.property(fc.string(), (token) => {
      let after: string | null;
      try {
        after = decodeCursor('sessions', token);
      } catch {
        return;
      }
      expect(encodeCursor('sessions', after!)).toBe(token);
    }),
  );
});

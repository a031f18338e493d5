import { win32 } from 'node:path';
import fc from 'fast-check';
import { posix } from 'node:path';
import { refuseRelativePath } from './relative-path.js';

describe('refuseRelativePath', () => {
  it.each(['start.sh', 'cad/start.sh', 'a b/c.d', 'ünïcode', '..start', 'a..b', '%2e%2e/x'])(
    'accepts %j',
    (path) => {
      expect(refuseRelativePath(path, 'linux')).toBeNull();
    },
  );

  it.each([
    '',
    '/etc/passwd',
    '../x',
    'a/../../x',
    'a/..',
    './a',
    'a//b',
    'a/',
    'a\0b',
    'a\nb',
    'C:\\x',
    'C:x',
    'a\\b',
    '..\\x',
    '\\\\host\\share',
    'file:stream',
    '-x',
    'a/-x',
    'x'.repeat(300),
    'a/'.repeat(600),
  ])('refuses %j', (path) => {
    expect(refuseRelativePath(path, 'linux')).not.toBeNull();
  });

  it.each(['CON', 'nul.txt', 'a\\com1', 'a.', 'a '])('refuses the device name %j on Windows', (path) => {
    expect(refuseRelativePath(path, 'windows')).not.toBeNull();
  });

  it('accepts nothing that leads out of the folder', () => {
    const part = fc.oneof(
      fc.constantFrom('..', '.', '', 'a', '\\', '/', 'C:', '%2e%2e', '..\\', '\0'),
      fc.string({ unit: 'binary' }),
    );
    const path = fc
      .array(part, { maxLength: 8 })
      .chain((parts) => fc.constantFrom('/', '\\', '').map((by) => parts.join(by)));
    fc.assert(
      fc.property(path, (candidate) => {
        if (refuseRelativePath(candidate, 'linux') === null) {
          expect(posix.resolve('/root/folder', candidate)).toMatch(/^\/root\/folder\/./s);
        }
        if (refuseRelativePath(candidate, 'windows') === null) {
          expect(win32.resolve('C:\\root\\folder', candidate)).toMatch(/^C:\\root\\folder\\./s);
        }
      }),
      { numRuns: 5000 },
    );
  });
});

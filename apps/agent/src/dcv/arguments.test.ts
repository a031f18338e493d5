import fc from 'fast-check';
import {
  closeArguments,
  createArguments,
  describeArguments,
  screenshotArguments,
  setPermissionsArguments,
  UnsafeArgument,
  type CreateArguments,
} from './arguments.js';

const wanted: CreateArguments = {
  platform: 'linux',
  sessionId: 's-1',
  name: 'my session',
  owner: 'alice',
  type: 'VIRTUAL',
  dcvGlEnabled: true,
  maxConcurrentClients: 3,
  storageRoot: '%home%/storage',
  permissionsFile: '/data/permissions',
  init: '/data/init.sh',
};

describe('createArguments', () => {
  it('says everything for a virtual session on Linux', () => {
    expect(createArguments(wanted).join(' ')).toBe(
      'create-session --type virtual --name my session --user alice --owner alice --permissions-file /data/permissions ' +
        '--storage-root %home%/storage --gl on --max-concurrent-clients 3 --init /data/init.sh s-1',
    );
  });

  it('leaves out what a console session cannot have', () => {
    expect(createArguments({ ...wanted, type: 'CONSOLE' })).toEqual(
      expect.not.arrayContaining(['--user', '--gl', '--init']),
    );
    expect(createArguments({ ...wanted, type: 'CONSOLE' }).slice(0, 3)).toEqual([
      'create-session',
      '--type',
      'console',
    ]);
  });

  it('leaves out what Windows does not know', () => {
    const args = createArguments({ ...wanted, platform: 'windows', type: 'CONSOLE' });
    for (const option of ['--type', '--user', '--gl', '--init']) expect(args).not.toContain(option);
  });

  it.each(['sessionId', 'name', 'owner', 'storageRoot'] as const)(
    'refuses a %s that begins with -',
    (key) => {
      expect(() => createArguments({ ...wanted, [key]: '-x' })).toThrow(UnsafeArgument);
    },
  );

  it('gives every hostile value to DCV as one argument, or not at all', () => {
    const injected = fc.oneof(
      fc.string({ unit: 'binary', minLength: 1 }),
      fc.constantFrom(
        '$(id)',
        '`id`',
        '; rm -rf /',
        '--init=/bin/sh',
        '-o',
        'a\nb',
        "'",
        '"',
        'a\0b',
        '%n',
        '|',
        '&&',
      ),
    );
    fc.assert(
      fc.property(injected, injected, injected, (sessionId, name, owner) => {
        let args: readonly string[];
        try {
          args = createArguments({ ...wanted, sessionId, name, owner });
        } catch (cause) {
          expect(cause).toBeInstanceOf(UnsafeArgument);
          return;
        }
        expect(args).toHaveLength(createArguments(wanted).length);
        expect(args.at(-1)).toBe(sessionId);
        expect(args.filter((_, index) => index % 2 === 1 && index < args.length - 1)).toEqual(
          createArguments(wanted).filter((arg) => arg.startsWith('--')),
        );
      }),
      { numRuns: 1000 },
    );
  });
});

describe('the other command lines', () => {
  it('refuse ids that begin with -', () => {
    expect(() => closeArguments('-a')).toThrow(UnsafeArgument);
    expect(() => describeArguments('--all')).toThrow(UnsafeArgument);
    expect(() => setPermissionsArguments('--none', '/f')).toThrow(UnsafeArgument);
  });

  it('ask for a picture as JSON, or into a file', () => {
    const picture = { sessionId: 's', maxWidth: 8, maxHeight: 6, format: 'jpeg', output: undefined } as const;
    expect(screenshotArguments(picture).join(' ')).toBe(
      'get-screenshot --max-width 8 --max-height 6 --format JPEG --primary --json s',
    );
    expect(screenshotArguments({ ...picture, output: '/f' }).join(' ')).toContain('--primary --output /f s');
  });
});

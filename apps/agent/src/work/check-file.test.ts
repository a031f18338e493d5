import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkFile, type CheckedFile } from './check-file.js';

describe('checkFile', () => {
  let root: string;
  let folder: string;
  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'agent-init-')));
    folder = join(root, 'init');
    mkdirSync(join(folder, 'sub'), { recursive: true, mode: 0o755 });
    write(join(folder, 'start.sh'), 0o755);
    write(join(root, 'outside.sh'), 0o755);
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const write = (path: string, mode: number): void => {
    writeFileSync(path, '#!/bin/sh\n');
    chmodSync(path, mode);
  };
  const check = (path: string): Promise<CheckedFile> =>
    checkFile({ folder, path, what: 'InitFile', platform: 'linux' });
  const reason = async (path: string): Promise<string> => {
    const checked = await check(path);
    return checked.kind === 'refused' ? checked.reason : 'accepted';
  };

  it('accepts an executable of the folder', async () => {
    expect(await check('start.sh')).toEqual({ kind: 'accepted', path: join(folder, 'start.sh') });
  });

  it('follows a link inside the folder and not out of it', async () => {
    symlinkSync('../start.sh', join(folder, 'sub', 'inside'));
    symlinkSync('../../outside.sh', join(folder, 'sub', 'out'));
    symlinkSync('/etc', join(folder, 'etc'));
    expect(await check('sub/inside')).toEqual({ kind: 'accepted', path: join(folder, 'start.sh') });
    expect(await reason('sub/out')).toContain('leads outside');
    expect(await reason('etc/passwd')).toContain('leads outside');
  });

  it('refuses what is missing, a folder, not executable, or writable by others', async () => {
    write(join(folder, 'plain'), 0o644);
    write(join(folder, 'open'), 0o757);
    write(join(folder, 'team'), 0o775);
    expect(await reason('none')).toContain('does not exist');
    expect(await reason('sub')).toContain('is not a file');
    expect(await reason('plain')).toContain('is not executable');
    expect(await reason('open')).toContain('can be written by other users');
    expect(await reason('team')).toContain('can be written by other users');
  });

  it.each(['init', 'init/sub'])(
    'refuses what lies in a folder that others can write to: %s',
    async (open) => {
      write(join(folder, 'sub', 'start.sh'), 0o755);
      expect(await check('sub/start.sh')).toMatchObject({ kind: 'accepted' });
      for (const mode of [0o775, 0o757, 0o1777]) {
        chmodSync(join(root, open), mode);
        expect(await reason('sub/start.sh')).toContain(
          `lies in ${join(root, open)}, which other users can write to`,
        );
      }
    },
  );
});

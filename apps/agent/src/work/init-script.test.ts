import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { quoteForShell, renderInitScript } from './init-script.js';

describe('quoteForShell', () => {
  it('makes one word of anything', () => {
    const words = fc.array(
      fc.string({ unit: 'binary' }).map((word) => word.replaceAll('\0', '')),
      { minLength: 1, maxLength: 20 },
    );
    fc.assert(
      fc.property(words, (list) => {
        const script = `printf '%s\\0' ${list.map(quoteForShell).join(' ')}`;
        const printed = execFileSync('/bin/sh', ['-c', script]).toString('utf8');
        expect(printed).toBe(list.map((word) => `${Buffer.from(word).toString('utf8')}\0`).join(''));
      }),
      { numRuns: 50 },
    );
  });
});

describe('renderInitScript', () => {
  it('starts the program beside the desktop, which gets the arguments of the script', () => {
    const folder = mkdtempSync(join(tmpdir(), 'agent-script-'));
    const write = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text);
      chmodSync(join(folder, name), 0o755);
      return join(folder, name);
    };
    const autorunFile = write('auto run', `#!/bin/sh\nprintf '%s|' "$@" >'${folder}/program'\n`);
    const initFile = write(
      'init',
      `#!/bin/sh\nprintf '%s|' "$@" >'${folder}/desktop'\nwhile [ ! -e '${folder}/program' ]; do sleep 0.01; done\n`,
    );
    const script = write(
      'script',
      renderInitScript({ autorunFile, autorunArguments: ["it's", '$HOME'], initFile }),
    );
    execFileSync(script, ['session-id']);
    expect(readFileSync(join(folder, 'program'), 'utf8')).toBe("it's|$HOME|");
    expect(readFileSync(join(folder, 'desktop'), 'utf8')).toBe('session-id|');
    rmSync(folder, { recursive: true });
  });

  it('lasts as long as the program where there is no desktop', () => {
    const script = renderInitScript({ autorunFile: '/bin/x', autorunArguments: [], initFile: undefined });
    expect(script.trimEnd().split('\n').slice(-2)).toEqual(["'/bin/x' &", 'wait']);
  });
});

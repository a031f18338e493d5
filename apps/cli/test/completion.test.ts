import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Dcvsm } from './dcvsm-program.js';

let dcvsm: Dcvsm;
beforeAll(async () => (dcvsm = await Dcvsm.install()));
afterAll(() => dcvsm[Symbol.asyncDispose]());

/** What bash proposes behind a command line that is being typed. */
function proposals(script: string, line: string): string[] {
  const words = line.split(' ');
  const typed = words.map((word) => `'${word}'`).join(' ');
  const ask = `source ${script}; COMP_WORDS=(${typed}); COMP_CWORD=${words.length - 1}; _dcvsm; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', ask], { encoding: 'utf8', cwd: dcvsm.home }).trim().split('\n');
}

it('bash proposes commands, options, values and files', async () => {
  const script = await dcvsm.file('dcvsm.bash', await dcvsm.prints('completion', 'bash'));
  await dcvsm.file('some.perm', '');
  expect(proposals(script, 'dcvsm crea')).toEqual(['create-session', 'create-sessions']);
  expect(proposals(script, 'dcvsm --conf x describe-sessions --next')).toEqual(['--next-token']);
  expect(proposals(script, 'dcvsm create-session --type V')).toEqual(['Virtual']);
  expect(proposals(script, 'dcvsm describe-servers --output-format ')).toEqual(['json', 'table']);
  expect(proposals(script, 'dcvsm create-session --permissions-file so')).toEqual(['some.perm']);
});

it.each([
  ['zsh', ['zsh', '-n']],
  ['fish', ['fish', '--no-execute']],
])(
  'the script for %s names every command and option, and is one where that shell is there',
  async (shell, check) => {
    const text = await dcvsm.prints('completion', shell);
    const help = await dcvsm.prints('--help');
    const commands = [...help.matchAll(/^ {2}([a-z][a-z-]+)/gm)].map(([, name = '']) => name);
    expect(commands).toContain('watch');
    for (const name of [...commands, 'max-concurrent-clients', 'broker-url']) expect(text).toContain(name);
    const script = await dcvsm.file(`dcvsm.${shell}`, text);
    const [program = '', ...args] = check;
    const checked = spawnSync(program, [...args, join(script)], { encoding: 'utf8' });
    if (checked.error === undefined) expect(checked.stderr).toBe('');
  },
);

it('says which shells there are', async () => {
  expect(await dcvsm.run('completion', 'tcsh')).toMatchObject({ code: 252 });
});

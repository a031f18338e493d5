import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { interpretConfig } from './interpret-config.js';
import { readSecret } from './secret-reference.js';

const folder = mkdtempSync(join(tmpdir(), 'dcvsm-secret-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, text: string, mode = 0o640): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
};

it('takes a value as it is, an environment variable, and a file without its last line break', () => {
  expect(readSecret('pa$$word')).toEqual({ kind: 'text', text: 'pa$$word' });
  expect(readSecret('${env:PASS}', { PASS: ' from there ' })).toEqual({ kind: 'text', text: ' from there ' });
  expect(readSecret(`\${file:${file('pass', 'secret\r\n')}}`)).toEqual({ kind: 'text', text: 'secret' });
});

it.each([
  ['${env:MISSING}', /variable MISSING, which is not set/],
  ['${file:pass}', /whole path/],
  ['${file:/no/such/file}', /cannot be read \(ENOENT\)/],
])('refuses %s with words', (value, words) => {
  expect(readSecret(value, {})).toMatchObject({ kind: 'problem', problem: expect.stringMatching(words) });
});

it('refuses a file that others may read', () => {
  const path = file('open', 'secret', 0o644);
  expect(readSecret(`\${file:${path}}`)).toMatchObject({ kind: 'problem', remedy: `run: chmod 640 ${path}` });
});

it('works for every key that holds a secret, and for no other', () => {
  const text = (key: string) => `${key} = \${env:DCVSM_NO_SUCH_VARIABLE}`;
  const secret = interpretConfig('f', text('client-to-broker-connector-key-store-pass'));
  expect(secret.kind === 'problems' && secret.problems[0]).toMatchObject({
    line: 1,
    problem: 'names the environment variable DCVSM_NO_SUCH_VARIABLE, which is not set',
  });
  expect(interpretConfig('f', text('jdbc-user')).kind).toBe('ok');
});

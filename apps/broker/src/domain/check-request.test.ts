import type { CreateSessionRequestData } from '@dcvsm/protocol';
import fc from 'fast-check';
import { createRequestProblem } from './check-request.js';

const limits = { autorunMaxArguments: 2, autorunMaxArgumentCharacters: 5 };
const entry: CreateSessionRequestData = { Name: 'n', Owner: 'o', Type: 'VIRTUAL' };
const problem = (change: Partial<CreateSessionRequestData>): string | null =>
  createRequestProblem({ ...entry, ...change }, limits);

it.each<readonly [string, Partial<CreateSessionRequestData>]>([
  ['a plain entry', {}],
  ['blank requirements', { Requirements: '  ' }],
  ['the old name of the init file', { InitFilePath: 'a/b.sh' }],
  ['both names with one value', { InitFile: 'a.sh', InitFilePath: 'a.sh' }],
  ['a path with dots that stay inside', { AutorunFile: 'a/..b/c...sh' }],
  ['as many arguments as allowed', { AutorunFile: 'a', AutorunFileArguments: ['12345', ''] }],
  ['an autorun file in a console session, for Windows', { Type: 'CONSOLE', AutorunFile: 'a.bat' }],
  ['a permissions file', { PermissionsFile: Buffer.from('[permissions]\n').toString('base64') }],
])('accepts %s', (_, change) => {
  expect(problem(change)).toBeNull();
});

it.each<readonly [Partial<CreateSessionRequestData>, RegExp]>([
  [{ Requirements: 'tag:color = ' }, /^Requirements: .*column/i],
  [{ InitFile: 'a', InitFilePath: 'b' }, /^InitFilePath is the old name/],
  [{ InitFile: '/etc/passwd' }, /^InitFile must be a path inside/],
  [{ InitFilePath: '../x' }, /^InitFilePath must/],
  [{ AutorunFile: 'a/../../b' }, /^AutorunFile must/],
  [{ AutorunFile: 'C:\\x.bat' }, /^AutorunFile must/],
  [{ AutorunFile: '\\\\host\\share' }, /^AutorunFile must/],
  [{ AutorunFile: 'a\\..\\b' }, /^AutorunFile must/],
  [{ Type: 'CONSOLE', InitFile: 'a' }, /^InitFile is only for VIRTUAL/],
  [{ Type: 'CONSOLE', InitFilePath: 'a' }, /^InitFile is only for VIRTUAL/],
  [{ Type: 'CONSOLE', DcvGlEnabled: true }, /^DcvGlEnabled is only for VIRTUAL/],
  [{ AutorunFileArguments: ['a'] }, /^AutorunFileArguments need an AutorunFile/],
  [{ AutorunFile: 'a', AutorunFileArguments: ['1', '2', '3'] }, /has 3 entries; at most 2/],
  [
    { AutorunFile: 'a', AutorunFileArguments: ['ok', '123456'] },
    /^AutorunFileArguments\[1\] is longer than 5/,
  ],
  [{ PermissionsFile: Buffer.from('nonsense').toString('base64') }, /^PermissionsFile line 1/],
])('refuses %j with the field and the remedy', (change, expected) => {
  expect(problem(change)).toMatch(expected);
});

it('repeats what the caller wrote only as printable text', () => {
  const anything = fc.string({
    unit: fc.constantFrom('tag:', 'a', '=', "'", ' ', '\u001b', '\u202e', '\u009b', '\n'),
  });
  const field = fc.constantFrom('Requirements', 'InitFile', 'InitFilePath', 'AutorunFile');
  fc.assert(
    fc.property(fc.dictionary(field, anything), anything, (fields, file) => {
      const PermissionsFile = Buffer.from(`[permissions]\n${file}`).toString('base64');
      for (const words of [problem(fields), problem({ PermissionsFile })]) {
        expect(words ?? '').not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
      }
    }),
  );
});

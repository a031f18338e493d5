import fc from 'fast-check';
import { permissionsFileProblem } from './permissions-file.js';

const problem = (text: string): string | null => permissionsFileProblem(Buffer.from(text));

it.each([
  ['an empty file', ''],
  ['comments of both kinds', '# one\n; two\n\n'],
  [
    'every section',
    '[groups]\nteam=john, user:jane, DOMAIN\\bob\n[aliases]\nfiles=file-upload, file-download\n[permissions]\nteam allow files\n%owner% allow builtin\n%any% disallow printer',
  ],
  [
    'groups as some portals write them',
    '[groups]\ngroup:team=john\n[permissions]\ngroup:team deny audio-in audio-out',
  ],
  ['lines that end as on Windows', '[permissions]\r\n%any% deny clipboard-copy\r\n'],
  ['aliases after their use', '[permissions]\njohn allow mine\n[aliases]\nmine=display'],
  ['aliases of another file', '#import base.perm\n[permissions]\njohn allow theirs'],
  ['blanks of any kind', '  [permissions]  \n\tjohn\tallow   display  '],
])('accepts %s', (_, text) => {
  expect(problem(text)).toBeNull();
});

it.each([
  ['an unknown section', '[permission]', 'line 1: there is no section [permission]'],
  ['an entry before any section', 'john allow display', 'line 1: an entry stands before the first section'],
  [
    'an unknown rule',
    '[permissions]\njohn permit display',
    'line 2: "permit" is no rule; use allow, disallow or deny',
  ],
  [
    'an unknown feature',
    '[permissions]\n\njohn allow telepathy',
    'line 3: "telepathy" is neither a feature nor an alias',
  ],
  [
    'an alias that is not declared',
    '[aliases]\nx=display\n[permissions]\njohn allow y',
    'line 4: "y" is neither',
  ],
  ['a rule without features', '[permissions]\njohn allow', 'line 2: expected "actor rule feature ..."'],
  ['a group without members', '[groups]\nteam', 'line 2: expected "name=member, member" in [groups]'],
])('refuses %s and names the line', (_, text, expected) => {
  expect(problem(text)).toContain(`PermissionsFile ${expected}`);
});

it.each([
  ['a section', '[perm\u001b[31m\u202e]'],
  ['a rule', '[permissions]\njohn per\u0007mit\u202e display'],
  ['a feature', '[permissions]\njohn allow \u009btele\u2066pathy'],
  ['a very long rule', `[permissions]\njohn ${'x'.repeat(60_000)} display`],
])('repeats %s of the file only as short and printable text', (_, text) => {
  const words = problem(text) ?? '';
  expect(words).toMatch(/^PermissionsFile line \d: /);
  expect(words).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
  expect(words.length).toBeLessThan(200);
});

it.each([
  ['bytes that are no UTF-8', Buffer.from([0x66, 0xff, 0xfe])],
  ['NUL', Buffer.from('[permissions]\0')],
])('refuses %s', (_, content) => {
  expect(permissionsFileProblem(content)).toContain('PermissionsFile is not text');
});

it('answers for any bytes, and quickly', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 500 }), (content) => {
      const answer = permissionsFileProblem(content);
      expect(answer === null || answer.startsWith('PermissionsFile')).toBe(true);
    }),
  );
});

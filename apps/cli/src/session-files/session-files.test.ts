import { inRequests } from './in-requests.js';
import { readSessionFile } from './read-session-file.js';

const read = (text: string) => readSessionFile({ name: 'f', text, folder: '/nowhere' });

it.each([
  ['[]', 'f has no sessions in it'],
  ['5', 'f is neither a list of sessions nor an object with "sessions"'],
  ['{"sessions": 5}', 'f: "sessions" is not a list'],
  ['{"sessions": [], "default": {}}', 'f: "default" does not belong beside "sessions" and "defaults"'],
  ['- 5', 'f: session 1 is not a set of fields such as Name, Owner and Type'],
  ['- { name: a, owner: o }', 'f: session 1: Type is missing'],
  ['- { name: a, owner: o, type: virtual, color: x }', 'f: session 1: there is no field "color"'],
  ['- { name: a, owner: -o, type: virtual }', 'f: session 1: Owner: must not start with "-"'],
  ['- { name: a, owner: o, type: virtual, permissions-file: x.perm }', 'there is no file /nowhere/x.perm'],
  ['[{"Name": }]', 'f is neither JSON nor YAML'],
  ['a: [', 'f is neither JSON nor YAML'],
])('says of %s: %s', (text, words) => {
  expect(() => read(text)).toThrow(words);
});

it('takes one session alone, and lets each change the defaults', () => {
  expect(read('name: a\nowner: o\ntype: console')).toMatchObject([{ Name: 'a', Type: 'CONSOLE' }]);
  const text =
    '{"defaults": {"Owner": "o", "Type": "VIRTUAL"}, "sessions": [{"Name": "a"}, {"Name": "b", "Owner": "p"}]}';
  expect(read(text).map(({ Owner }) => Owner)).toEqual(['o', 'p']);
});

it('makes requests that are neither too long nor too large, in order', () => {
  const entry = (Name: string, bytes = 0) => ({
    Name,
    Owner: 'o',
    Type: 'VIRTUAL' as const,
    PermissionsFile: 'A'.repeat(bytes),
  });
  const many = inRequests(Array.from({ length: 2001 }, (_, index) => entry(String(index))));
  expect(many.map(({ length }) => length)).toEqual([1000, 1000, 1]);
  expect(many.flat().map(({ Name }) => Name)).toEqual(
    Array.from({ length: 2001 }, (_, index) => String(index)),
  );
  const large = inRequests(Array.from({ length: 30 }, (_, index) => entry(String(index), 80_000)));
  expect(large.map(({ length }) => length)).toEqual([13, 13, 4]);
});

import { openerFor } from './connect/open-with-desktop.js';
import { dcvFileText } from './connect/dcv-file.js';
import { declaredSpelling } from './spelling.js';
import { splitArguments } from './split-arguments.js';
import { snakeCase, toDict } from './output/to-dict.js';
import { Server } from '@dcvsm/protocol';
import { tableLines } from './output/table.js';

it.each([
  ['a b', ['a', 'b']],
  ['  a  "b c" \'d "e\' ', ['a', 'b c', 'd "e']],
  ['C:\\dir\\x "D:\\my dir"', ['C:\\dir\\x', 'D:\\my dir']],
  ['say \\"hi\\"', ['say', '"hi"']],
  ['-x"y z"', ['-xy z']],
  ["''", ['']],
  ['', []],
])('splits %j into %j', (text, expected) => {
  expect(splitArguments(text)).toEqual(expected);
});

it('refuses a quote that is not closed', () => {
  expect(() => splitArguments('a "b')).toThrow('is not closed');
});

it.each([
  [
    ['create-session', '--max_concurrent-clients=3', '--permission-file', 'x'],
    ['create-session', '--max-concurrent-clients=3', '--permissions-file', 'x'],
  ],
  [
    ['--auth-server', 'https://x?a=b', 'update-session-permissions', '--permissions-file=a=b'],
    ['--auth-server-url', 'https://x?a=b', 'update-session-permissions', '--permission-file=a=b'],
  ],
])('reads the spellings of %j', (given, expected) => {
  expect(declaredSpelling(given, ['create-session', 'update-session-permissions'])).toEqual(expected);
});

it.each([
  ['EC2InstanceType', 'ec2_instance_type'],
  ['DcvGlEnabled', 'dcv_gl_enabled'],
  ['WebUrlPath', 'web_url_path'],
  ['Id', 'id'],
  ['NumberOfCpus', 'number_of_cpus'],
])('names %s %s', (name, expected) => {
  expect(snakeCase(name)).toBe(expected);
});

it('prints what the description does not know as well, and leaves values as they are', () => {
  const dict = toDict(Server, { Id: 'S', Tags: [{ Key: 'A', Value: 'B' }], NewField: { SomeThing: 1 } });
  expect(dict).toMatchObject({
    id: 'S',
    ip: null,
    tags: [{ key: 'A', value: 'B' }],
    new_field: { some_thing: 1 },
  });
});

it('lays out tables without what could move the cursor', () => {
  const columns = [
    { title: 'A', cell: ({ a }: { a: string }) => a },
    { title: 'B', cell: () => undefined },
  ];
  expect(tableLines(columns, [{ a: 'long\u001b[2J' }, { a: 'ü' }])).toEqual([
    'A         B',
    'long?[2J  -',
    'ü         -',
  ]);
});

it.each([
  ['linux', { program: 'xdg-open', args: ['u'] }],
  ['darwin', { program: 'open', args: ['u'] }],
  ['win32', { program: 'rundll32.exe', args: ['url.dll,FileProtocolHandler', 'u'] }],
] as const)('opens addresses on %s', (platform, expected) => {
  expect(openerFor(platform, 'u')).toEqual(expected);
});

it('lets no name add a line to a connection file', () => {
  const target = { host: 'h', port: '1', webUrlPath: '/', sessionId: 's' };
  expect(dcvFileText(target, 'bob\nproxyhost=evil', 't').split('\n')).not.toContain('proxyhost=evil');
});

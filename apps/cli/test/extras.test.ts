import { once } from 'node:events';
import { readFile, stat } from 'node:fs/promises';
import type { HostFacts } from '@dcvsm/protocol';
import type { Dcvsm } from './dcvsm-program.js';
import { FleetWithDcvsm } from './fleet-with-dcvsm.js';

/** What the original does not have. */

let all: FleetWithDcvsm;
let dcvsm: Dcvsm;
beforeEach(async () => {
  all = await FleetWithDcvsm.start();
  dcvsm = all.dcvsm;
});
afterEach(() => all[Symbol.asyncDispose]());

const PINK: Partial<HostFacts> = { tags: [{ key: 'color', value: 'pink' }] };

/** The id of a session that is READY. */
async function ready(): Promise<string> {
  await all.fleet.agent('s1', PINK);
  const { Id } = await all.fleet.create();
  await all.fleet.rest();
  return Id;
}

it('--output-format table shows what people look for, and refusals beside it', async () => {
  const id = await ready();
  const sessions = await dcvsm.prints('describe-sessions', '--output-format', 'table');
  expect(sessions).toMatch(/^ID +NAME +OWNER +TYPE +STATE +SERVER +USERS +CREATED\n/);
  expect(sessions).toMatch(new RegExp(`\\n${id} +work +alice +VIRTUAL +READY +s1 +0 +\\d{4}-\\d\\d-\\d\\d`));
  const servers = await dcvsm.prints('--output-format=table', 'describe-servers');
  expect(servers).toMatch(/\ns1 +s1 +\S+ +AVAILABLE +0 +1 .*color=pink\n$/);
  const closing = await dcvsm.run('--output-format=table', 'close-servers', '--server-ids', 's1,nobody');
  expect(closing).toMatchObject({
    code: 0,
    stdout: 'none\n',
    stderr: expect.stringContaining('refused: server nobody: Dcv server not found.\n') as string,
  });
  const page = await dcvsm.run('--output-format=table', 'describe-sessions', '--owner', 'nobody');
  expect(page.stdout).toBe('no sessions\n');
});

it('create-sessions makes the sessions of a YAML file, of a JSON file, and of the input', async () => {
  await all.fleet.agent('s1', PINK);
  await dcvsm.file('guests.perm', '[permissions]\nbob allow display\n');
  const yaml = await dcvsm.file(
    'class.yaml',
    `defaults: { owner: alice, type: virtual, permissions-file: guests.perm }
sessions:
  - name: one
    autorun_file_arguments: a "b c"
    autorun-file: x.sh
  - { Name: two, Requirements: "tag:color = 'blue'" }
`,
  );
  const made = await dcvsm.json('create-sessions', '--from-file', yaml);
  expect(made).toMatchObject({
    successful_list: [{ name: 'one', owner: 'alice' }],
    unsuccessful_list: [{ create_session_request_data: { name: 'two' } }],
  });
  await all.fleet.rest();
  expect(all.fleet.agents[0]?.commands[0]?.command).toMatchObject({
    autorunFileArguments: ['a', 'b c'],
    permissionsFile: Buffer.from('[permissions]\nbob allow display\n').toString('base64'),
  });
  const input = JSON.stringify([{ Name: 'three', Owner: 'bob', Type: 'VIRTUAL' }]);
  const { code, stdout } = await dcvsm.start(['create-sessions', '--from-file', '-'], input).ended;
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ successful_list: [{ name: 'three', owner: 'bob' }] });
});

it('wait-session waits for a state, and says why it cannot come', async () => {
  const id = await ready();
  const args = ['wait-session', '--session-id', id];
  expect(await dcvsm.json(...args)).toMatchObject({ id, state: 'READY', substate: null });
  const late = await dcvsm.run(...args, '--state', 'deleted', '--timeout', '0');
  expect(late).toMatchObject({
    code: 255,
    stdout: '',
    stderr: expect.stringContaining('is not DELETED after 0 seconds; it is READY') as string,
  });
  await all.fleet.delete(id);
  await all.fleet.rest();
  expect(await dcvsm.json(...args, '--state', 'DELETED')).toMatchObject({ id, state: 'DELETED' });
  const never = await dcvsm.run(...args);
  expect(never).toMatchObject({
    code: 254,
    stderr: expect.stringContaining('will never be READY') as string,
  });
});

it('connect prints the address of a session, or writes a file that only its user can read', async () => {
  const id = await ready();
  const args = ['connect', '--session-id', id, '--user', 'DOMAIN\\bob'];
  expect(await dcvsm.prints(...args)).toMatch(new RegExp(`^https://[\\d.]+:8443/\\?authToken=\\S+#${id}\n$`));
  const native = await dcvsm.prints(...args, '--native', '--host', 'gw.example.com', '--port', '443');
  expect(native).toMatch(new RegExp(`^dcv://gw\\.example\\.com:443/\\?authToken=\\S+#${id}\n$`));
  const path = await dcvsm.file('work.dcv', 'was here before', 0o644);
  expect(await dcvsm.prints(...args, '--dcv-file', 'work.dcv', '--wait', '10')).toBe(`${path}\n`);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  const text = await readFile(path, 'utf8');
  expect(text).toMatch(/^\[version\]\nformat=1\.0\n\n\[connect\]\nhost=[\d.]+\nport=8443\nweburlpath=\/\n/);
  expect(text).toContain(`sessionid=${id}\nuser=DOMAIN\\bob\nauthtoken=ey`);
});

it('connect --open says so where there is no desktop', async () => {
  const id = await ready();
  dcvsm.env = { PATH: dcvsm.home };
  const { code, stderr } = await dcvsm.run('connect', '--session-id', id, '--user', 'u', '--open');
  expect({ code, stderr }).toEqual({
    code: 255,
    stderr: expect.stringContaining('cannot be started; leave --open out') as string,
  });
});

it('watch prints a line for each change when nobody looks at a terminal', async () => {
  const id = await ready();
  const { child, ended } = dcvsm.start(['watch', '--interval', '1']);
  const lines: string[] = [];
  child.stdout?.on('data', (text: string) => lines.push(...String(text).trim().split('\n')));
  const seen = async (words: string): Promise<void> => {
    while (!lines.some((line) => line.includes(words))) await once(child.stdout!, 'data');
  };
  await seen(`session work of alice (${id}): READY on s1`);
  await seen('server s1 (s1): AVAILABLE');
  await all.fleet.delete(id);
  await seen(`session work of alice (${id}): READY on s1 -> DELET`);
  child.kill('SIGINT');
  expect((await ended).code).toBe(130);
});

it('watch ends after as many looks as it is told', async () => {
  await all.fleet.agent('s1');
  expect(await dcvsm.prints('watch', '--times', '1')).toMatch(/^\S+Z server s1 \(s1\): AVAILABLE\n$/);
});

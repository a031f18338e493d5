import { FleetWithDcvsm } from './fleet-with-dcvsm.js';
import type { Dcvsm } from './dcvsm-program.js';

/** Every command against a real broker; what is checked is what it prints and what the broker got. */

interface Lists {
  readonly successful_list: readonly Record<string, unknown>[];
  readonly unsuccessful_list: readonly Record<string, unknown>[];
}

let all: FleetWithDcvsm;
let dcvsm: Dcvsm;
beforeEach(async () => {
  all = await FleetWithDcvsm.start();
  dcvsm = all.dcvsm;
});
afterEach(() => all[Symbol.asyncDispose]());

const EVERY_SESSION_FIELD = [
  'id',
  'name',
  'owner',
  'server',
  'type',
  'max_concurrent_clients',
  'state',
  'substate',
  'state_reason',
  'creation_time',
  'last_disconnection_time',
  'num_of_connections',
  'storage_root',
];

it('create-session sends every option, however it is spelt, and prints the session', async () => {
  const agent = await all.fleet.agent('s1', { tags: [{ key: 'color', value: 'pink' }] });
  const permissions = await dcvsm.file('guests.perm', '[permissions]\n%owner% allow builtin\n');
  const made = await dcvsm.json<Lists>(
    ...['create-session', '--name=work', '--owner', 'DOMAIN\\alice', '--type', 'vIrTuAl'],
    ...['--init-file-path', 'init.sh', '--autorun-file', 'run.sh'],
    ...['--autorun-file-arguments', `-x "two words" C:\\temp`, '--max-concurrents-clients', '3'],
    ...['--dcv-gl-enabled', '--permission-file', permissions, '--requirements', "tag:color = 'pink'"],
    ...['--storage-root', '%home%', '--enqueue-request', 'TRUE', '--disable-retry-on-failure'],
  );
  expect(made.unsuccessful_list).toEqual([]);
  expect(Object.keys(made.successful_list[0] ?? {})).toEqual(EVERY_SESSION_FIELD);
  expect(made.successful_list[0]).toMatchObject({ name: 'work', state: 'CREATING', server: null });
  await all.fleet.rest();
  expect(agent.commands[0]?.command).toMatchObject({
    kind: 'create-session',
    name: 'work',
    owner: 'DOMAIN\\alice',
    initFile: 'init.sh',
    autorunFile: 'run.sh',
    autorunFileArguments: ['-x', 'two words', 'C:\\temp'],
    dcvGlEnabled: true,
    storageRoot: '%home%',
    permissionsFile: Buffer.from('[permissions]\n%owner% allow builtin\n').toString('base64'),
  });
});

it('create-session shows a refusal with the request, and that is a success unless --strict is given', async () => {
  const entry = ['create-session', '--name', 'n', '--owner', 'o', '--type', 'Console'];
  const { code, stdout } = await dcvsm.run(...entry);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    successful_list: [],
    unsuccessful_list: [
      {
        create_session_request_data: { name: 'n', owner: 'o', type: 'CONSOLE', init_file: null },
        failure_reason: expect.stringContaining('No DCV server found') as string,
      },
    ],
  });
  expect((await dcvsm.run('--strict', ...entry)).code).toBe(254);
});

it('describe-sessions filters by id, owner and tag', async () => {
  await all.fleet.agent('s1', { tags: [{ key: 'color', value: 'pink' }] });
  const one = await all.fleet.create({ Name: 'one' });
  await all.fleet.create({ Name: 'two', Owner: 'bob' });
  await all.fleet.rest();
  const names = async (...args: readonly string[]): Promise<string[]> => {
    const { sessions } = await dcvsm.json<{ sessions: { name: string }[] }>('describe-sessions', ...args);
    return sessions.map(({ name }) => name).sort();
  };
  expect(
    await Promise.all([
      names(),
      names('--session-ids', `${one.Id}, unknown`),
      names('--owner=bob'),
      names('--tag', 'color=pink', '--owner', 'alice'),
      names('--tag', 'color=blue'),
    ]),
  ).toEqual([['one', 'two'], ['one'], ['two'], ['one'], []]);
});

it('describe-sessions prints a page, the token of the next one, and all pages with --all', async () => {
  await all.fleet.agent('s1');
  for (const Name of ['a', 'b', 'c']) await all.fleet.create({ Name });
  interface Page {
    readonly next_token: string | null;
    readonly sessions: readonly { readonly name: string }[];
  }
  const first = await dcvsm.json<Page>('describe-sessions', '--max-results', '2');
  expect(first.sessions).toHaveLength(2);
  const rest = ['describe-sessions', '--max-results', '2', '--next-token', first.next_token ?? ''];
  const second = await dcvsm.json<Page>(...rest);
  expect(second).toMatchObject({ next_token: null });
  expect(second.sessions).toHaveLength(1);
  const whole = await dcvsm.json<Page>('describe-sessions', '--max-results', '1', '--all');
  expect(whole.sessions.map(({ name }) => name).sort()).toEqual(['a', 'b', 'c']);
  expect(whole.next_token).toBeNull();
});

it('describe-servers shows hosts with every field, by id, tag and page', async () => {
  await all.fleet.agent('s1', { tags: [{ key: 'color', value: 'pink' }] });
  await all.fleet.agent('s2', { tags: [{ key: 'color', value: 'blue' }] });
  interface Answer {
    readonly servers: readonly { readonly id: string; readonly host: Record<string, unknown> }[];
  }
  const everything = await dcvsm.json<Answer>('describe-servers', '--all', '--max-results', '1');
  expect(everything.servers.map(({ id }) => id).sort()).toEqual(['s1', 's2']);
  expect(everything.servers[0]).toMatchObject({
    availability: 'AVAILABLE',
    unavailability_reason: null,
    host: { os: { family: 'linux' }, cpu_load_average: {}, logged_in_users: [] },
  });
  const byTag = await dcvsm.json<Answer>('describe-servers', '--tag', 'color=blue');
  expect(byTag.servers.map(({ id }) => id)).toEqual(['s2']);
  const byId = await dcvsm.json<Answer>('describe-servers', '--server-ids', 's1');
  expect(byId.servers.map(({ id }) => id)).toEqual(['s1']);
});

it('close-servers and open-servers change the gate, one entry for each id', async () => {
  await all.fleet.agent('s1');
  await all.fleet.create();
  await all.fleet.rest();
  const refused = await dcvsm.json<Lists>('close-servers', '--server-ids', 's1,nobody');
  expect(refused.unsuccessful_list).toHaveLength(2);
  expect(refused.unsuccessful_list).toContainEqual(
    expect.objectContaining({ failure_code: 'DCV_SERVER_NOT_FOUND' }),
  );
  const closed = await dcvsm.json<Lists>('close-servers', '--server-ids', 's1', '--force');
  expect(closed.successful_list).toEqual([{ server_id: 's1' }]);
  expect((await all.fleet.server('s1'))?.UnavailabilityReason).toBe('SERVER_CLOSED');
  const opened = await dcvsm.json<Lists>('open-servers', '--server-ids', 's1');
  expect(opened).toMatchObject({ successful_list: [{ server_id: 's1' }], unsuccessful_list: [] });
  expect((await all.fleet.server('s1'))?.Availability).toBe('AVAILABLE');
});

describe('with a session that is READY', () => {
  let id: string;
  beforeEach(async () => {
    await all.fleet.agent('s1');
    id = (await all.fleet.create()).Id;
    await all.fleet.rest();
  });

  it('get-session-connection-data prints the session and a token', async () => {
    const data = await dcvsm.json('get-session-connection-data', '--session-id', id, '--user', 'bob');
    expect(data).toMatchObject({
      session: { id, state: 'READY', server: { id: 's1', default_dns_name: null } },
      connection_token: expect.stringMatching(/^ey/) as string,
    });
  });

  it('get-session-screenshots prints pictures', async () => {
    const args = ['--session-ids', `${id},unknown`, '--max-width', '640', '--max-height=400'];
    expect(await dcvsm.json('get-session-screenshots', ...args)).toMatchObject({
      successful_list: [{ session_screenshot: { session_id: id, images: [{ primary: true }] } }],
      unsuccessful_list: [{ get_session_screenshot_request_data: { session_id: 'unknown', max_width: 640 } }],
    });
  });

  it.each(['--permission-file', '--permissions-file'])(
    'update-session-permissions takes %s',
    async (option) => {
      const file = await dcvsm.file('p.perm', '[permissions]\nbob allow display\n');
      const args = ['--session-id', id, '--owner', 'alice', option, file];
      expect(await dcvsm.json('update-session-permissions', ...args)).toMatchObject({
        successful_list: [{ session_id: id }],
        unsuccessful_list: [],
      });
    },
  );

  it('delete-session deletes it, and says so of one that is not there', async () => {
    const first = await dcvsm.json<Lists>('delete-session', '--session-id', id, '--owner', 'alice');
    expect(first.successful_list).toEqual([{ session_id: id, state: 'DELETING' }]);
    const args = ['--session-id', 'unknown', '--owner', 'alice', '--force'];
    expect(await dcvsm.json('delete-session', ...args)).toMatchObject({
      unsuccessful_list: [
        { session_id: 'unknown', failure_reason: 'The requested dcvSession does not exist' },
      ],
    });
  });
});

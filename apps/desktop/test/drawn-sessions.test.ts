import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { MARK_VARIABLE } from '../src/processes/marked.js';
import { callDaemon } from '../src/wire/call.js';
import type { ControlRequest } from '../src/wire/request.js';
import { startDesktop, startVerifier, type Started } from './start-desktop.js';

interface SessionJson {
  readonly id: string;
  readonly name: string;
  readonly 'num-of-connections': number;
  readonly 'last-disconnection-time': string;
  readonly 'storage-root': string;
}

let started: Started;
let verifier: Awaited<ReturnType<typeof startVerifier>>;

beforeAll(async () => {
  verifier = await startVerifier();
});
afterAll(() => verifier.close());
beforeEach(async () => {
  started = await startDesktop({ drawnOnly: true, verifier: { url: verifier.url, ca: null } });
});
afterEach(() => started.stop());

const create = async (...args: string[]): Promise<void> => {
  expect(await started.dcv('create-session', ...args)).toEqual({ code: 0, stdout: '', stderr: '' });
};
const control = (request: ControlRequest) => callDaemon(started.stateDir, request);
const connect = (token: string, session = 's1') =>
  control({ command: 'connect', session, token, clientAddress: '192.0.2.1' });
const describeSession = () => started.json<SessionJson>('describe-session', 's1');

describe('sessions', () => {
  it('are created, listed, renamed and closed', async () => {
    expect(await started.dcv('list-sessions')).toEqual({ code: 0, stdout: '', stderr: '' });
    await create('--type', 'virtual', '--name', '-first', '--user', 'ann', '--owner', 'bob', 's1');
    await create('s2');
    expect((await started.dcv('list-sessions')).stdout).toBe(
      "Session: 's1' (owner:bob type:virtual name:'-first')\nSession: 's2' (owner:ann type:virtual name:'')\n",
    );
    expect((await started.dcv('set-name', '--session', 's1', '--name', 'other')).code).toBe(0);
    expect((await describeSession()).name).toBe('other');
    expect((await started.dcv('close-session', 's1')).code).toBe(0);
    expect((await started.json<SessionJson[]>('list-sessions')).map(({ id }) => id)).toEqual(['s2']);
  });

  it('that cannot be are refused with the reason', async () => {
    await create('s1');
    const refused = async (...args: string[]) => expect((await started.dcv(...args)).stderr);
    (await refused('create-session', 's1')).toBe("Could not create session: session 's1' already exists\n");
    (await refused('create-session', '--type', 'console', 'c')).toContain('max sessions reached');
    (await refused('create-session', '--init', '/no/such', 'x')).toContain(
      "'/no/such' does not exist or is not exec",
    );
    (await refused('create-session', '--permissions-file', 'none.perm', 'x')).toContain('(ENOENT)');
    (await refused('close-session', 'x')).toBe("Could not close session: no session found with id 'x'\n");
    (await refused('set-permissions', '--session', 's1')).toContain(
      'exactly one of --none, --reset-builtin, --file',
    );
    expect((await started.dcv('describe-session', 'x', '-j')).code).toBe(1);
    expect((await started.dcv('create-session')).code).toBe(2);
    expect((await started.dcv('reload-permissions')).code).toBe(2);
  });

  it('created at the same time under one id are one', async () => {
    const codes = await Promise.all(
      [1, 2, 3].map(async () => (await started.dcv('create-session', 's1')).code),
    );
    expect(codes.sort()).toEqual([0, 1, 1]);
  });

  it('have storage only where the folder exists', async () => {
    await create('--storage-root', '%home%', 's1');
    await create('--storage-root', '%home%/none', 's2');
    const [first, second] = await started.json<SessionJson[]>('list-sessions');
    expect(first?.['storage-root']).toBe(join(started.stateDir, 'home', 'ann'));
    expect(second?.['storage-root']).toBe('');
  });
});

describe('screenshots', () => {
  it('keep the limits and the format', async () => {
    await create('s1');
    const shot = await started.json<{ format: string; base64: string }>(
      'get-screenshot',
      '--max-width',
      '160',
      's1',
    );
    const png = PNG.sync.read(Buffer.from(shot.base64, 'base64'));
    expect([shot.format, png.width, png.height]).toEqual(['png', 160, 90]);
    expect((await started.dcv('get-screenshot', '--max-height', '50', '-o', 'a.jpg', 's1')).code).toBe(0);
    const jpeg = await readFile(join(started.stateDir, '..', 'a.jpg'));
    expect(jpeg.subarray(0, 2).toString('hex')).toBe('ffd8');
  });

  it('show the first head or all', async () => {
    await create('s1');
    expect(
      (await started.dcv('set-display-layout', '--session', 's1', '200x100+0+0,300x90-300+0')).code,
    ).toBe(0);
    const width = async (...args: string[]) => {
      const { base64 } = await started.json<{ base64: string }>('get-screenshot', ...args, 's1');
      return PNG.sync.read(Buffer.from(base64, 'base64')).width;
    };
    expect(await width()).toBe(500);
    expect(await width('--primary')).toBe(200);
  });
});

describe('clients', () => {
  it('come with a token, are counted, and leave', async () => {
    await create('--max-concurrent-clients', '1', 's1');
    expect(await connect('bad')).toEqual({ kind: 'refused', message: 'the token was not accepted: expired' });
    expect(await connect('bob')).toMatchObject({ message: "user 'bob' has no permissions in session 's1'" });
    expect(await connect('ann')).toMatchObject({ kind: 'done', value: { connection: 1, username: 'ann' } });
    expect(await connect('ann')).toMatchObject({
      message: expect.stringContaining('max concurrent clients reached'),
    });
    expect((await describeSession())['num-of-connections']).toBe(1);
    expect(await started.json('list-connections', 's1')).toMatchObject([{ id: 1, username: 'ann' }]);
    expect((await started.dcv('close-connection', 's1', '1')).code).toBe(0);
    expect((await started.dcv('close-connection', 's1', '1')).code).toBe(1);
    const after = await describeSession();
    expect(after['num-of-connections']).toBe(0);
    expect(after['last-disconnection-time']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
  });

  it('follow the permissions of the session', async () => {
    const file = join(started.stateDir, 'guest.perm');
    await writeFile(file, '[permissions]\nbob allow display\n%owner% allow builtin\n');
    await create('--permissions-file', file, 's1');
    expect(await connect('bob')).toMatchObject({ value: { features: ['display'] } });
    await connect('ann');
    expect((await started.dcv('set-permissions', '--session', 's1', '--reset-builtin')).code).toBe(0);
    expect(await started.json('list-connections', 's1')).toMatchObject([{ username: 'ann' }]);
    expect((await started.dcv('set-permissions', '--session', 's1', '--none')).code).toBe(0);
    expect(await started.json('list-connections', 's1')).toEqual([]);
  });
});

describe('accidents', () => {
  const fault = (
    of: string,
    kind: 'slow' | 'fail' | 'garbage' | 'hang' | 'none',
    times: number | null = null,
  ) => control({ command: 'fault', of, kind, delayMs: 1, times });

  it('happen to one command, as often as ordered', async () => {
    await fault('list-sessions', 'fail', 1);
    expect(await started.dcv('list-sessions')).toMatchObject({ code: 1, stdout: '' });
    expect((await started.dcv('list-sessions')).code).toBe(0);
    await fault('all', 'garbage');
    const { code, stdout } = await started.dcv('list-sessions', '--json');
    expect(code).toBe(0);
    expect(() => JSON.parse(stdout) as unknown).toThrow();
    await fault('list-sessions', 'slow');
    expect(await started.json('list-sessions')).toEqual([]);
    await fault('all', 'none');
    expect((await started.dcv('create-session', 's1')).stdout).toBe('');
    expect(await fault('list-session', 'fail')).toMatchObject({ kind: 'refused' });
  });

  it('leave a caller without an answer until the server ends', async () => {
    await fault('list-sessions', 'hang');
    const hanging = started.dcv('list-sessions');
    expect((await started.dcv('list-endpoints')).code).toBe(0);
    await started.desktop.close();
    expect((await hanging).stderr).toMatch(/^Could not connect to the DCV server/);
  });

  it('take a session away, or all of them in a restart', async () => {
    await create('s1');
    await create('s2');
    expect(await control({ command: 'vanish', session: 's1' })).toEqual({ kind: 'done', value: null });
    expect((await started.json<SessionJson[]>('list-sessions')).map(({ id }) => id)).toEqual(['s2']);
    await control({ command: 'restart', downMs: 30 });
    const seen: number[] = [];
    while (!seen.includes(1) || seen.at(-1) !== 0) seen.push((await started.dcv('list-sessions')).code);
    expect(await started.json('list-sessions')).toEqual([]);
  });
});

describe('the server of a state folder', () => {
  it('is the only one', async () => {
    await expect(startDesktop({ drawnOnly: true, stateDir: started.stateDir })).rejects.toThrow(
      'already running',
    );
  });

  it('says so when it is not there', async () => {
    await started.desktop.close();
    expect((await started.dcv('list-sessions')).stderr).toMatch(/^Could not connect to the DCV server: /);
    expect((await started.dcv('version')).stdout).toMatch(/^Amazon DCV \d{4}\.\d .*\nA stand-in for/);
  });

  it('ends what a killed one left running, and nothing else', async () => {
    await started.desktop.close();
    const sleeper = (mark: string) =>
      spawn('sleep', ['600'], { detached: true, env: { ...process.env, [MARK_VARIABLE]: mark } });
    const left = sleeper(`${started.stateDir}/old`);
    const stranger = sleeper(`${started.stateDir}-other/old`);
    try {
      const ended = new Promise((resolve) => left.once('exit', (_, signal) => resolve(signal)));
      const again = await startDesktop({ drawnOnly: true, stateDir: started.stateDir });
      expect(await ended).toBe('SIGTERM');
      expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
      await again.stop();
    } finally {
      stranger.kill();
    }
  });
});

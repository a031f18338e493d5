import { execFile } from 'node:child_process';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PNG } from 'pngjs';
import { findProgram } from '../src/processes/find-program.js';
import { XConnection } from '../src/x11/connection.js';
import { shorts, words } from '../src/x11/packets.js';
import { startDesktop, type Started } from './start-desktop.js';

const CREATE_WINDOW = 1;
const MAP_WINDOW = 8;
const GET_INPUT_FOCUS = 43;
const BACKGROUND_PIXEL = 2;
const COOKIE_BYTES = 16;
const COLOUR = 0x12ab34;

interface SessionJson {
  readonly 'x11-display': string;
  readonly 'x11-authority': string;
}

let started: Started | null = null;

beforeAll(async () => {
  if (await findProgram(['Xvnc', 'Xvfb']))
    started = await startDesktop({ size: { width: 320, height: 240 } });
  else if (process.env['CI']) throw new Error('Xvnc or Xvfb must be installed where CI is set');
  else process.stderr.write('neither Xvnc nor Xvfb is installed: sessions on real displays are not tested\n');
});
afterAll(() => started?.stop());

/** Opens a window of one colour as any program of the session would; it is there as long as the connection. */
async function openWindow(session: SessionJson): Promise<XConnection> {
  const cookie = (await readFile(session['x11-authority'])).subarray(-COOKIE_BYTES);
  const connection = await XConnection.open(Number(session['x11-display'].slice(1)), cookie);
  const window = connection.newId();
  const place = shorts(100, 50, 80, 60, 0, 1);
  const { root } = connection.setup.screen;
  connection.send(
    CREATE_WINDOW,
    0,
    Buffer.concat([words(window, root), place, words(0, BACKGROUND_PIXEL, COLOUR)]),
  );
  connection.send(MAP_WINDOW, 0, words(window));
  await connection.ask(GET_INPUT_FOCUS, 0, Buffer.alloc(0));
  return connection;
}

/** The X server of a session is found by the authority file on its command line. */
async function killServerOf(session: SessionJson): Promise<void> {
  const { stdout } = await promisify(execFile)('pgrep', ['-f', '--', `-auth ${session['x11-authority']}`]);
  process.kill(Number(stdout.trim()), 'SIGKILL');
}

const colourAt = (png: PNG, x: number, y: number): string =>
  png.data.toString('hex', (y * png.width + x) * 4, (y * png.width + x) * 4 + 3);

it('shows the windows of its programs in screenshots', async () => {
  if (!started) return;
  await started.dcv('create-session', 'pictured');
  const window = await openWindow(await started.json<SessionJson>('describe-session', 'pictured'));
  const { base64 } = await started.json<{ base64: string }>('get-screenshot', 'pictured');
  const png = PNG.sync.read(Buffer.from(base64, 'base64'));
  expect(colourAt(png, 140, 80)).toBe('12ab34');
  expect(colourAt(png, 99, 80)).not.toBe('12ab34');
  window.close();
  expect((await started.dcv('close-session', 'pictured')).code).toBe(0);
});

it('runs the init script on its display', async () => {
  if (!started) return;
  const pipe = join(started.stateDir, 'pipe');
  const script = join(started.stateDir, 'init.sh');
  await promisify(execFile)('mkfifo', [pipe]);
  await writeFile(script, `#!/bin/sh\nenv > '${pipe}'\nexec sleep 600\n`);
  await chmod(script, 0o755);
  expect((await started.dcv('create-session', '--init', script, '--owner', 'bob', 'scripted')).code).toBe(0);
  const session = await started.json<SessionJson>('describe-session', 'scripted');
  const environment = (await readFile(pipe, 'utf8')).split('\n');
  expect(environment).toEqual(
    expect.arrayContaining([
      `DISPLAY=${session['x11-display']}`,
      `XAUTHORITY=${session['x11-authority']}`,
      `HOME=${join(started.stateDir, 'home', 'ann')}`,
      'DCV_SESSION_ID=scripted',
      'DCV_SESSION_OWNER=bob',
    ]),
  );
  expect((await started.dcv('close-session', 'scripted')).code).toBe(0);
});

it('disappears when its X server dies', async () => {
  if (!started) return;
  await started.dcv('create-session', 'mortal');
  const session = await started.json<SessionJson>('describe-session', 'mortal');
  await killServerOf(session);
  while ((await started.json<unknown[]>('list-sessions')).length > 0);
  expect((await started.dcv('describe-session', 'mortal')).code).toBe(1);
});

it('gives every session a display of its own', async () => {
  if (!started) return;
  const ids = ['one', 'two', 'three'];
  for (const { code } of await Promise.all(ids.map((id) => started!.dcv('create-session', id))))
    expect(code).toBe(0);
  const sessions = await started.json<SessionJson[]>('list-sessions');
  expect(new Set(sessions.map((session) => session['x11-display'])).size).toBe(3);
});

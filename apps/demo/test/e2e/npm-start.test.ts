import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createClient, type DcvsmClient } from '@dcvsm/client';
import { fetchTrusting } from '@dcvsm/client/node';
import { systemClock } from '@dcvsm/runtime';
import { Connection } from '../../src/connection-file.js';

const repository = resolve(__dirname, '../../../..');

/** Starts the demo exactly as the README says; resolves when it has told the newcomer everything. */
async function npmStart(stateDir: string): Promise<ChildProcess> {
  const child = spawn('npm', ['start', '--', '--state-dir', stateDir], {
    cwd: repository,
    stdio: ['ignore', 'pipe', 'pipe'],
    // As a terminal does: npm and what it starts are one foreground group.
    detached: true,
  });
  const lines: string[] = [];
  await new Promise<void>((resolveReady, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line);
        if (line.includes('Press Ctrl-C')) resolveReady();
      });
    }
    child.once('close', () => reject(new Error(lines.join('\n'))));
  });
  return child;
}

/** Processes that have the folder in their command line. */
function processesOf(stateDir: string): string[] {
  const all = spawnSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' }).stdout.split('\n');
  return all.filter((line) => line.includes(stateDir) && !line.includes('jest'));
}

async function clientOf(stateDir: string): Promise<{ client: DcvsmClient; close(): Promise<void> }> {
  const text = await readFile(join(stateDir, 'connection.json'), 'utf8');
  const { url, caFile, clientId, clientPassword } = Connection.parse(JSON.parse(text));
  const { fetch, close } = fetchTrusting(await readFile(caFile, 'utf8'));
  return { client: createClient({ url, credentials: { clientId, clientPassword }, fetch }), close };
}

async function stop(child: ChildProcess, send: () => void): Promise<void> {
  const closed = new Promise<void>((resolveClosed) => child.once('close', () => resolveClosed()));
  send();
  await closed;
}

it('starts as the README says, stops without leaving a process, and knows its sessions when started again', async () => {
  const stateDir = await mkdtemp(join(tmpdir(), 'dcvsm-npm-start-'));
  const clock = systemClock();
  try {
    const first = await npmStart(stateDir);
    const before = await clientOf(stateDir);
    const entry = { Name: 'kept', Owner: 'alice', Type: 'VIRTUAL', AutorunFile: 'hello.sh' };
    const created = await before.client.createSessions([entry]);
    const id = created.SuccessfulList[0]?.Id ?? '';
    const stateOf = async ({ client }: typeof before): Promise<string | undefined> =>
      (await client.describeSessions({ SessionIds: [id] })).Sessions[0]?.State;
    while ((await stateOf(before)) !== 'READY') await clock.sleep(100);
    await before.close();

    // Ctrl-C: the whole foreground group gets it, npm as well.
    await stop(first, () => process.kill(-(first.pid ?? 0), 'SIGINT'));
    while (processesOf(stateDir).length > 0) await clock.sleep(100);

    const second = await npmStart(stateDir);
    const after = await clientOf(stateDir);
    while (!['READY', 'DELETED'].includes((await stateOf(after)) ?? '')) await clock.sleep(100);
    await after.close();
    // SIGTERM: only npm gets it.
    await stop(second, () => second.kill('SIGTERM'));
    while (processesOf(stateDir).length > 0) await clock.sleep(100);
  } finally {
    for (const line of processesOf(stateDir)) spawnSync('kill', ['-9', line.trim().split(' ')[0] ?? '']);
    await rm(stateDir, { recursive: true, force: true });
  }
});

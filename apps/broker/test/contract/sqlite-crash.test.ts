import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { SqliteStore } from '../../src/store/sqlite-store.js';
import { temporaryFolder } from './temporary-folder.js';
import { packagesFolder, transpileCrashWriter } from './transpiled.js';

const ROUNDS = 6;
const folder = temporaryFolder();

/** Runs the writer and kills it as soon as it has reported `count` reservations. */
async function writeUntilKilled(
  program: string,
  path: string,
  prefix: string,
  count: number,
): Promise<string[]> {
  const child = spawn(process.execPath, [program, path, prefix], {
    env: { ...process.env, NODE_PATH: packagesFolder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  const acknowledged: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    acknowledged.push(line);
    if (acknowledged.length === count) child.kill('SIGKILL');
  }
  expect(await ended).toEqual([null, 'SIGKILL']);
  return acknowledged;
}

it('keeps all that it acknowledged, and nothing by halves, when the process is killed while writing', async () => {
  const program = transpileCrashWriter(folder.path);
  const path = folder.next();
  const acknowledged: string[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    acknowledged.push(...(await writeUntilKilled(program, path, `round-${round}`, round * 150)));

    const store = await SqliteStore.open({ path });
    const { sessions, servers } = await store.loadFleet();
    await store.close();
    const keys = new Set(sessions.map((session) => session.key));
    expect(acknowledged.filter((key) => !keys.has(key))).toEqual([]);
    for (const server of servers) {
      const placed = sessions.filter((session) => session.serverId === server.id);
      expect({ id: server.id, version: server.placementVersion }).toEqual({
        id: server.id,
        version: placed.length + 1,
      });
    }
  }
}, 60_000);

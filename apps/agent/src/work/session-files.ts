import { createHash } from 'node:crypto';
import { chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Files of one session. Names are made from a hash: nothing that a client sends becomes part of a path. */
export interface SessionPaths {
  readonly folder: string;
  readonly permissions: string;
  readonly initScript: string;
  readonly picture: string;
}

export function sessionPaths(dataFolder: string, sessionId: string): SessionPaths {
  const folder = join(dataFolder, 'sessions', folderName(sessionId));
  return {
    folder,
    permissions: join(folder, 'permissions'),
    initScript: join(folder, 'init.sh'),
    picture: join(folder, 'picture'),
  };
}

/** The files that the agent keeps for the sessions of its host. */
export interface SessionFiles {
  write(path: string, content: Uint8Array | string, mode: number): Promise<void>;
  forget(sessionId: string): Promise<void>;
  /** Removes those of sessions that are not alive; resolves to how many folders went. */
  sweep(alive: () => readonly string[]): Promise<number>;
}

export function sessionFilesIn(dataFolder: string): SessionFiles {
  return {
    write: writeSessionFile,
    forget: (sessionId) => forgetSessionFiles(dataFolder, sessionId),
    sweep: (alive) => sweepSessionFiles(dataFolder, alive),
  };
}

/**
 * Writes a file of a session. The folder can be passed through but not listed: the DCV server and the
 * session's user, who are other users than the agent, have to open files in it by name.
 */
async function writeSessionFile(path: string, content: Uint8Array | string, mode: number): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true, mode: 0o755 });
  await chmod(folder, 0o711);
  await rm(path, { force: true });
  await writeFile(path, content, { mode, flag: 'wx' });
  await chmod(path, mode);
}

async function forgetSessionFiles(dataFolder: string, sessionId: string): Promise<void> {
  await rm(sessionPaths(dataFolder, sessionId).folder, { recursive: true, force: true });
}

/**
 * Removes the files of sessions that no longer exist, however they ended; resolves to how many folders went.
 * `alive` is asked before each removal, since a session may begin meanwhile.
 */
async function sweepSessionFiles(dataFolder: string, alive: () => readonly string[]): Promise<number> {
  const root = join(dataFolder, 'sessions');
  const folders = await readdir(root).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return [];
    throw cause;
  });
  let removed = 0;
  for (const name of folders.filter((folder) => /^[0-9a-f]{32}$/.test(folder))) {
    if (alive().some((sessionId) => folderName(sessionId) === name)) continue;
    await rm(join(root, name), { recursive: true, force: true });
    removed += 1;
  }
  return removed;
}

function folderName(sessionId: string): string {
  return createHash('sha256').update(sessionId, 'utf8').digest('hex').slice(0, 32);
}

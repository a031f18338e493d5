import { createHash, timingSafeEqual } from 'node:crypto';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * Where the running broker leaves what the commands show on the loopback port. It is made anew at each start, since
 * whoever listens on that port while no broker does could be shown the one of before.
 */
export function adminSecretFile(workingPath: string): string {
  return join(workingPath, 'security', 'admin-secret');
}

export async function writeAdminSecret(file: string, secret: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  // A file that is there keeps its mode when it is written.
  await rm(file, { force: true });
  await writeFile(file, secret, { mode: 0o600, flag: 'wx' });
  await chmod(file, 0o600);
}

/** Null when the broker that made it was stopped in order, or this user may not read it. */
export async function readAdminSecret(file: string): Promise<string | null> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'EACCES') return null;
    throw error;
  }
}

/** Whether the value of a request's `Authorization` shows the secret; takes the same time whatever it is. */
export function showsSecret(authorization: string | undefined, secret: string): boolean {
  return timingSafeEqual(digest(authorization ?? ''), digest(`Bearer ${secret}`));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

import { chmod, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { Platform } from '../config/platform.js';
import { NotAdmitted } from './not-admitted.js';
import { readPrivateFile } from './private-file.js';

/** By what this host proves who it is, and as which server it is known. */
export const Credentials = z.object({
  clientId: z.string().min(1).max(256),
  clientSecret: z.string().min(1).max(1024),
  serverId: z.string().min(1).max(512),
});
export type Credentials = z.infer<typeof Credentials>;

/** Null: there are none yet. @throws NotAdmitted when others could have read them, or when they are damaged */
export async function loadCredentials(file: string, platform: Platform): Promise<Credentials | null> {
  const read = await readPrivateFile(file, 'owner', platform);
  if (read.kind === 'missing') return null;
  if (read.kind === 'unusable') throw new NotAdmitted(`the credentials ${file} ${read.problem}`, read.remedy);
  const parsed = Credentials.safeParse(parseJson(read.text));
  if (parsed.success) return parsed.data;
  throw new NotAdmitted(
    `the credentials ${file} are damaged`,
    `remove ${file}; the agent then registers anew`,
  );
}

/** Written beside and then renamed: after a power cut there are the old ones or the new ones, nothing between. */
export async function saveCredentials(file: string, credentials: Credentials): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o755 });
  const fresh = `${file}.new`;
  await rm(fresh, { force: true });
  const handle = await open(fresh, 'wx', 0o600);
  try {
    await handle.writeFile(`${JSON.stringify(credentials, null, 2)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await chmod(fresh, 0o600);
  await rename(fresh, file);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

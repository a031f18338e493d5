import { open } from 'node:fs/promises';
import type { Platform } from '../config/platform.js';

/** Who besides the owner may have access: nobody, or the group of the file. */
export type Readers = 'owner' | 'group';

const FORBIDDEN_BITS: Readonly<Record<Readers, number>> = { owner: 0o077, group: 0o037 };
const MAX_BYTES = 65_536;

export type PrivateFile =
  | { readonly kind: 'read'; readonly text: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unusable'; readonly problem: string; readonly remedy: string };

/**
 * Reads a file that others must not be able to read: on a desktop host there are always other users. What is checked is
 * the file that is read, not what has its name a moment later. Windows keeps such things in access lists.
 */
export async function readPrivateFile(
  file: string,
  readers: Readers,
  platform: Platform,
): Promise<PrivateFile> {
  try {
    await using handle = await open(file, 'r');
    const { mode, size } = await handle.stat();
    if (platform !== 'windows' && (mode & FORBIDDEN_BITS[readers]) !== 0) {
      const octal = (mode & 0o777).toString(8);
      const right = readers === 'owner' ? '600' : '640';
      return {
        kind: 'unusable',
        problem: `has mode ${octal}, so others can read or change it`,
        remedy: `chmod ${right} ${file}`,
      };
    }
    if (size > MAX_BYTES)
      return { kind: 'unusable', problem: 'is too large', remedy: `look at what is in ${file}` };
    return { kind: 'read', text: await handle.readFile('utf8') };
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return { kind: 'missing' };
    const remedy = `make ${file} readable for the user of the agent`;
    return { kind: 'unusable', problem: `cannot be read (${code ?? 'error'})`, remedy };
  }
}

import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { megabytes } from '../text/quantities.js';
import { fail, ok, warn, type Finding } from './finding.js';

const MEGABYTE = 1_048_576;
/** With less, the store may soon be unable to take a change. */
const TOO_LITTLE_BYTES = 100 * MEGABYTE;
const LITTLE_BYTES = 1024 * MEGABYTE;

export function diskFindings(folder: string, freeBytes: number): Finding[] {
  const message = `${megabytes(freeBytes)} free for ${folder}`;
  const remedy = 'make room there: old files of the audit log and of other programs can be moved away';
  if (freeBytes < TOO_LITTLE_BYTES) return [fail(`only ${message}`, remedy)];
  if (freeBytes < LITTLE_BYTES) return [warn(`only ${message}`, remedy)];
  return [ok(message)];
}

/** What this user may still write; of the next folder above if this one is not there yet. */
export async function freeBytes(folder: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch (error) {
    const above = dirname(folder);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || above === folder) throw error;
    return freeBytes(above);
  }
}

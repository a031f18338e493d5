import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/**
 * The storage folder of a session, or '' when it has none: also when the folder does not exist, which turns the
 * storage off without failing the session (DCV administrator guide, "Enabling session storage").
 */
export async function storageRoot(wanted: string | null, home: string): Promise<string> {
  if (wanted === null || wanted === '') return '';
  const path =
    wanted === '%home%' || wanted.startsWith('%home%/') ? join(home, wanted.slice(6)) : resolve(wanted);
  const found = await stat(path).catch(() => null);
  return found?.isDirectory() ? path : '';
}

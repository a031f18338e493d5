import { lstat, realpath } from 'node:fs/promises';
import { dirname, join, relative, isAbsolute, sep } from 'node:path';
import type { Platform } from '../config/platform.js';
import { refuseRelativePath } from './relative-path.js';

/** A program of one of the agent's folders that may be run, or why not. */
export type CheckedFile =
  | { readonly kind: 'accepted'; readonly path: string }
  | { readonly kind: 'refused'; readonly reason: string };

export interface FileCheck {
  readonly folder: string;
  /** Relative to the folder, as the client gave it. */
  readonly path: string;
  /** Name of the request's field, for the reason. */
  readonly what: 'InitFile' | 'AutorunFile';
  readonly platform: Platform;
}

const GROUP_OR_WORLD_WRITABLE = 0o022;
const ANY_EXECUTE = 0o111;

/** Follows links first and then looks at what is really there: it has to be inside the folder and safe to run. */
export async function checkFile({ folder, path, what, platform }: FileCheck): Promise<CheckedFile> {
  const refused = (problem: string): CheckedFile => ({ kind: 'refused', reason: `${what} ${problem}` });
  const badForm = refuseRelativePath(path, platform);
  if (badForm !== null) return refused(badForm);
  try {
    const root = await realpath(folder);
    const real = await realpath(join(root, path));
    const inside = relative(root, real);
    if (inside === '' || inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside)) {
      return refused(`leads outside ${folder}`);
    }
    const { mode, ...stats } = await lstat(real).then((found) => ({
      mode: found.mode,
      isFile: found.isFile(),
    }));
    if (!stats.isFile) return refused('is not a file');
    if (platform !== 'windows' && (mode & ANY_EXECUTE) === 0) return refused('is not executable');
    if (platform !== 'windows' && (mode & GROUP_OR_WORLD_WRITABLE) !== 0) {
      return refused('can be written by other users; remove that right (chmod go-w)');
    }
    const open = platform === 'windows' ? null : await folderOpenToOthers(root, real);
    if (open !== null) return refused(`lies in ${open}, which other users can write to (chmod go-w)`);
    return { kind: 'accepted', path: real };
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    return refused(
      code === 'ENOENT' ? `does not exist in ${folder}` : `cannot be read (${code ?? String(cause)})`,
    );
  }
}

/** Whoever can write to a folder on the way can put another file there between this check and the start of the session. */
async function folderOpenToOthers(root: string, file: string): Promise<string | null> {
  let folder = file;
  do {
    folder = dirname(folder);
    if (((await lstat(folder)).mode & GROUP_OR_WORLD_WRITABLE) !== 0) return folder;
  } while (folder !== root);
  return null;
}

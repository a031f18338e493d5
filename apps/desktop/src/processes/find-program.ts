import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** The first of the programs that is installed (in the search path given), with its full path; null if none is. */
export async function findProgram<Name extends string>(
  names: readonly Name[],
  searchPath = process.env['PATH'] ?? '',
): Promise<{ readonly name: Name; readonly path: string } | null> {
  for (const name of names) {
    for (const folder of searchPath.split(delimiter).filter((part) => part !== '')) {
      const path = join(folder, name);
      if (await isExecutable(path)) return { name, path };
    }
  }
  return null;
}

export async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

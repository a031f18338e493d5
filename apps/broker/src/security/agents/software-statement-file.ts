import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SoftwareStatement } from './software-statements.js';

/** Where the statement lies that operators copy to hosts together with the CA; their agents look for it by this name. */
export function defaultStatementFile(workingPath: string): string {
  return join(workingPath, 'security', 'default-software-statement');
}

/** Makes the file say what the statement says: it is there while the statement is active, and for nobody but its owner. */
export async function keepStatementFile(file: string, statement: SoftwareStatement): Promise<void> {
  if (!statement.isActive) return rm(file, { force: true });
  if ((await content(file)) === statement.statement) return chmod(file, 0o600);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const fresh = `${file}.new`;
  await rm(fresh, { force: true });
  await writeFile(fresh, statement.statement, { mode: 0o600, flag: 'wx' });
  await rename(fresh, file);
}

async function content(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { PermissionsProblem, splitLines, type PermissionLine } from './lines.js';
import { parsePermissions, type Permissions } from './parse.js';

const MAX_FILE_BYTES = 1024 * 1024;

/**
 * Reads a permissions file and whatever it imports; relative imports start at the folder of the importing file.
 *
 * @throws PermissionsProblem if a file cannot be read or a line is wrong
 */
export async function readPermissions(path: string): Promise<Permissions> {
  return parsePermissions(await readEntries(resolve(path), 'the permissions file', []));
}

type Entry = Extract<PermissionLine, { kind: 'entry' }>;

async function readEntries(path: string, where: string, open: readonly string[]): Promise<readonly Entry[]> {
  if (open.includes(path)) throw new PermissionsProblem(where, `"${path}" imports itself`);
  const entries: Entry[] = [];
  for (const line of splitLines(await readText(path, where), path)) {
    if (line.kind === 'entry') entries.push(line);
    else entries.push(...(await readEntries(resolve(dirname(path), line.path), line.where, [...open, path])));
  }
  return entries;
}

async function readText(path: string, where: string): Promise<string> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    throw new PermissionsProblem(
      where,
      `cannot read "${path}" (${(cause as NodeJS.ErrnoException).code ?? 'failed'})`,
    );
  }
  if (bytes.length > MAX_FILE_BYTES) throw new PermissionsProblem(where, `"${path}" is larger than 1 MiB`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new PermissionsProblem(where, `"${path}" is not UTF-8 text`);
  }
}

import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const repository = resolve(__dirname, '../../../..');

/** A file of the repository, by its path from the root. */
export function read(path: string): string {
  return readFileSync(join(repository, path), 'utf8');
}

/** The pages that people read, by their paths from the root. */
export function pages(): string[] {
  const below = (folder: string): string[] =>
    readdirSync(join(repository, folder), { recursive: true, encoding: 'utf8' }).map((path) =>
      join(folder, path),
    );
  const top = readdirSync(repository).filter((name) => name.endsWith('.md'));
  const readmes = ['apps', 'packages'].flatMap((folder) =>
    readdirSync(join(repository, folder)).map((name) => join(folder, name, 'README.md')),
  );
  const candidates = [...top, ...below('docs'), ...below('.github'), ...readmes];
  return candidates.filter((path) => path.endsWith('.md') && isReadable(path)).sort();
}

/** The text of a page without its code blocks, in which nothing is a link. */
export function prose(page: string): string {
  return read(page).replace(/^ *```.*?^ *```/gms, '');
}

function isReadable(path: string): boolean {
  try {
    read(path);
    return true;
  } catch {
    return false;
  }
}

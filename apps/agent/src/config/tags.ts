import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Tag } from '@dcvsm/protocol';
import { parse, TomlDate } from 'smol-toml';

/** Far above what fleets use, and what one report may carry. */
const MAX_TAGS = 256;
const MAX_KEY_CHARACTERS = 256;
const MAX_VALUE_CHARACTERS = 1024;

export interface TagFile {
  readonly name: string;
  readonly text: string;
}

export interface Tags {
  readonly tags: readonly Tag[];
  readonly warnings: readonly string[];
}

/**
 * Tags of all files of a folder (administration guide, targeting): in alphabetical order, the last one to
 * name a key wins. Files with the extension `.toml` count and, because fleets write such ones, files without
 * any extension. A file that cannot be used is named in a warning and the others still count.
 */
export async function readTags(folder: string): Promise<Tags> {
  let names: string[];
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    names = entries.filter((entry) => !entry.isDirectory() && isTagFile(entry.name)).map(({ name }) => name);
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    return { tags: [], warnings: missing ? [] : [`${folder}: cannot be read: ${String(cause)}`] };
  }
  const files: TagFile[] = [];
  const unreadable: string[] = [];
  for (const name of names) {
    try {
      files.push({ name: join(folder, name), text: await readFile(join(folder, name), 'utf8') });
    } catch (cause) {
      unreadable.push(`${join(folder, name)}: skipped, cannot be read: ${String(cause)}`);
    }
  }
  const merged = mergeTags(files);
  return { tags: merged.tags, warnings: [...unreadable, ...merged.warnings] };
}

function isTagFile(name: string): boolean {
  return !name.startsWith('.') && ['.toml', ''].includes(extname(name));
}

export function mergeTags(files: readonly TagFile[]): Tags {
  const merged = new Map<string, string>();
  const warnings: string[] = [];
  for (const file of files.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    let table: Record<string, unknown>;
    try {
      table = parse(file.text.replace(/^\uFEFF/, ''));
    } catch (cause) {
      const [line] = String(cause instanceof Error ? cause.message : cause).split('\n');
      warnings.push(`${file.name}: skipped, is not TOML: ${line ?? ''}`);
      continue;
    }
    for (const [key, value] of Object.entries(table)) {
      const text = tagText(value);
      const problem = text === null ? 'is not a text, number or boolean' : problemOf(key, text);
      if (text === null || problem !== null)
        warnings.push(`${file.name}: ${key.slice(0, 80)} skipped, ${problem}`);
      else merged.set(key, text);
    }
  }
  const tags = Array.from(merged, ([key, value]) => ({ key, value }));
  if (tags.length > MAX_TAGS) warnings.push(`only the first ${MAX_TAGS} of ${tags.length} tags are used`);
  return { tags: tags.slice(0, MAX_TAGS), warnings };
}

function tagText(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')
    return String(value);
  return value instanceof TomlDate ? value.toISOString() : null;
}

function problemOf(key: string, value: string): string | null {
  if (key.startsWith('dcv:')) return 'keys that begin with dcv: are made by the broker';
  if (key.length === 0 || key.length > MAX_KEY_CHARACTERS)
    return `keys have 1 to ${MAX_KEY_CHARACTERS} characters`;
  return value.length > MAX_VALUE_CHARACTERS
    ? `values have at most ${MAX_VALUE_CHARACTERS} characters`
    : null;
}

import { readFile, writeFile } from 'node:fs/promises';
import type { Comparison } from './comparison.js';

/** Appends to the JSON array in `file`, which is made if it is missing. @throws when the file holds anything else. */
export async function appendResults(file: string, results: readonly Comparison[]): Promise<void> {
  const known = await readResults(file);
  await writeFile(file, `${JSON.stringify([...known, ...results], null, 2)}\n`);
}

async function readResults(file: string): Promise<readonly unknown[]> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  const value: unknown = JSON.parse(text);
  if (!Array.isArray(value)) throw new Error(`${file} does not hold a JSON array; name another file`);
  return value;
}

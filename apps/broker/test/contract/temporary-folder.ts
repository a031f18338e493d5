import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for the tests of one file, removed after them. */
export function temporaryFolder(): { readonly next: () => string; readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'dcvsm-store-'));
  let count = 0;
  afterAll(() => rmSync(path, { recursive: true, force: true }));
  return { path, next: () => join(path, `${(count += 1)}.sqlite`) };
}

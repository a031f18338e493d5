import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folders = new Set<string>();
process.on('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder that is gone when this process is, also when a measurement fails. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'dcvsm-bench-'));
  folders.add(folder);
  return folder;
}

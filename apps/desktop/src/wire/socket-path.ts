import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Linux takes 108 bytes with the ending zero, macOS 104. */
const MAX_PATH_BYTES = 103;

/** Where the daemon of a state folder listens: in it, or under the system's temporary folder if that path is too long. */
export function socketPath(stateDir: string): string {
  const folder = resolve(stateDir);
  const inside = join(folder, 'desktop.sock');
  if (Buffer.byteLength(inside) <= MAX_PATH_BYTES) return inside;
  const digest = createHash('sha256').update(folder).digest('hex').slice(0, 24);
  return join(tmpdir(), `dcv-desktop-${digest}.sock`);
}

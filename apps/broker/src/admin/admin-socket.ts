import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Systems allow some 104 bytes for the path of a local socket. */
const LONGEST_SOCKET_PATH = 100;

/** Where the running broker listens for the admin commands; both sides derive it from the working path. */
export function adminSocketPath(workingPath: string): string {
  const path = join(workingPath, 'admin.sock');
  if (Buffer.byteLength(path) <= LONGEST_SOCKET_PATH) return path;
  const digest = createHash('sha256').update(workingPath).digest('hex').slice(0, 16);
  return join(tmpdir(), `dcvsm-broker-${digest}.sock`);
}

import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, ok, warn, type Finding } from './finding.js';

/** What the broker's folder holds, with what others must not be able to do. */
const FILES = [
  { name: 'broker.db', others: 0o077, mode: '600' },
  { name: 'broker.db-wal', others: 0o077, mode: '600' },
  { name: 'admin.sock', others: 0o077, mode: '600' },
  { name: 'audit', others: 0o077, mode: '700' },
  { name: 'security', others: 0o077, mode: '700' },
  { name: 'security/admin-secret', others: 0o077, mode: '600' },
  { name: 'security/default-software-statement', others: 0o077, mode: '600' },
  { name: 'security/dcvsmbroker_ca.key', others: 0o077, mode: '600' },
  { name: 'security/dcvsmbroker_server.key', others: 0o077, mode: '600' },
] as const;

interface Found {
  readonly path: string;
  readonly mode: number;
  readonly owner: number;
}

/** Modes and owners of what is under the working path. */
export async function fileFindings(workingPath: string): Promise<Finding[]> {
  const folder = await look(workingPath);
  if (folder === null) return [ok(`${workingPath} is not there yet; the first start makes it`)];
  const findings = folderFindings(folder);
  for (const { name, others, mode } of FILES) {
    const found = await look(join(workingPath, name));
    if (found !== null) findings.push(...modeFindings(found, others, mode), ...ownerFindings(found, folder));
  }
  return findings.length === 0
    ? [ok(`${workingPath} and what is in it belong to the broker alone`)]
    : findings;
}

/** What is in it protects itself; its names are nobody's business all the same. */
function folderFindings({ path, mode }: Found): Finding[] {
  if ((mode & 0o077) === 0) return [];
  return [
    warn(`${path} has mode ${shownMode(mode)}, so other users can look into it`, `run: chmod 700 ${path}`),
  ];
}

function modeFindings({ path, mode }: Found, others: number, wanted: string): Finding[] {
  if ((mode & others) === 0) return [];
  return [
    fail(`${path} has mode ${shownMode(mode)}, so other users get at it`, `run: chmod ${wanted} ${path}`),
  ];
}

/** Whoever once ran `serve` as root leaves files that the service's user cannot write. */
function ownerFindings({ path, owner }: Found, folder: Found): Finding[] {
  if (owner === folder.owner) return [];
  const remedy = `run: chown --reference=${folder.path} ${path}`;
  return [warn(`${path} has another owner than its folder`, remedy)];
}

function shownMode(mode: number): string {
  return mode.toString(8).padStart(3, '0');
}

async function look(path: string): Promise<Found | null> {
  try {
    const { mode, uid } = await stat(path);
    return { path, mode: mode & 0o777, owner: uid };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

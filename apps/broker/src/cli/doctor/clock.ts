import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { fail, ok, warn, type Finding } from './finding.js';

/** Whether the system says that it keeps its clock by a time server; `unknown` where nobody can be asked. */
export type TimeSync = 'yes' | 'no' | 'unknown';

/** Before this release was made; a clock that was never set shows 1970 or the year of the firmware. */
const EARLIEST_YEAR = 2025;
const LATEST_YEAR = 2100;

export function clockFindings(nowMs: number, sync: TimeSync): Finding[] {
  const now = new Date(nowMs);
  const year = now.getUTCFullYear();
  if (year < EARLIEST_YEAR || year > LATEST_YEAR) {
    const remedy = 'set it, and keep it by a time server: timedatectl set-ntp true';
    return [fail(`the clock says ${now.toISOString()}, so no certificate and no token is valid`, remedy)];
  }
  if (sync === 'no') {
    const remedy = 'keep it by a time server: timedatectl set-ntp true';
    return [warn('the clock is not kept by a time server; tokens and certificates depend on it', remedy)];
  }
  return [ok(`${now.toISOString().slice(0, 19)}Z${sync === 'yes' ? ', kept by a time server' : ''}`)];
}

const PATIENCE_MS = 3_000;

export async function readTimeSync(): Promise<TimeSync> {
  const show = ['show', '--property', 'NTPSynchronized', '--value'];
  try {
    const { stdout } = await promisify(execFile)('timedatectl', show, { timeout: PATIENCE_MS });
    const answer = stdout.trim();
    return answer === 'yes' || answer === 'no' ? answer : 'unknown';
  } catch {
    // Not there, or without systemd: containers have the clock of their host.
    return 'unknown';
  }
}

import { readdir, readFile } from 'node:fs/promises';
import type { Clock } from '@dcvsm/runtime';

/** The environment variable that every program of this stand-in inherits, whatever it does with its process group. */
export const MARK_VARIABLE = 'DCV_DESKTOP_MARK';

const GRACE_MS = 3_000;
const LOOK_AGAIN_MS = 25;

interface Marked {
  readonly pid: number;
  /** Ticks since boot at which the process started; with the pid it names the process for good. */
  readonly startTicks: string;
}

/**
 * Ends every process that carries the mark, or one that begins with it and a slash: first politely, after three
 * seconds by force. Processes are known by what they inherited, so none that is not ours can be hit, and none that was
 * started between a crash and a note of its pid is missed. Does nothing where there is no /proc.
 */
export async function endMarked(clock: Clock, mark: string): Promise<number> {
  const found = await findMarked(mark);
  for (const { pid } of found) signal(pid, 'SIGTERM');
  const deadlineMs = clock.monotonicMs() + GRACE_MS;
  let left = await stillAlive(found);
  while (left.length > 0 && clock.monotonicMs() < deadlineMs) {
    await clock.sleep(LOOK_AGAIN_MS);
    left = await stillAlive(left);
  }
  for (const { pid } of left) signal(pid, 'SIGKILL');
  return found.length;
}

async function findMarked(mark: string): Promise<readonly Marked[]> {
  const pids = (await namesIn('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const checked = await Promise.all(
    pids.filter((pid) => pid !== process.pid).map((pid) => lookAt(pid, mark)),
  );
  return checked.filter((marked) => marked !== null);
}

async function lookAt(pid: number, mark: string): Promise<Marked | null> {
  const environment = await textOf(`/proc/${pid}/environ`);
  const own = environment?.split('\0').find((line) => line.startsWith(`${MARK_VARIABLE}=`));
  const value = own?.slice(MARK_VARIABLE.length + 1);
  if (value === undefined || (value !== mark && !value.startsWith(`${mark}/`))) return null;
  const startTicks = await startTicksOf(pid);
  return startTicks === null ? null : { pid, startTicks };
}

async function stillAlive(processes: readonly Marked[]): Promise<readonly Marked[]> {
  const checked = await Promise.all(
    processes.map(async (one) => (await startTicksOf(one.pid)) === one.startTicks),
  );
  return processes.filter((_, index) => checked[index]);
}

/** The start of a living process; null when it has ended, also when nobody has collected it yet. */
async function startTicksOf(pid: number): Promise<string | null> {
  const stat = await textOf(`/proc/${pid}/stat`);
  // The name in parentheses may hold anything, so fields are counted after its end: state is the first, start the 20th.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields && fields[0] !== 'Z' ? (fields[19] ?? null) : null;
}

/** Processes end and belong to others: whatever cannot be read is none of ours. */
async function textOf(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch(() => null);
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ESRCH') throw cause;
  }
}

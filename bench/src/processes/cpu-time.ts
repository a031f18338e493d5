import { readFile } from 'node:fs/promises';

/** Linux counts in hundredths of a second whatever the kernel's own tick is. */
const MICROS_PER_TICK = 10_000;

/** CPU time that a process has used so far, in microseconds; null where the system has no /proc. */
export async function cpuMicrosOf(pid: number): Promise<number | null> {
  let stat: string;
  try {
    stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return null;
  }
  // The name, in parentheses, may itself hold blanks; user and system time are fields 14 and 15 of the line.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * MICROS_PER_TICK;
}

import { readdir, readFile } from 'node:fs/promises';

/**
 * CPU time that the threads of a process have used so far, in microseconds; null where the system has no /proc. The
 * scheduler's own figures: those of `stat` come in steps of 10 ms, as long as several of the calls measured here.
 */
export async function cpuMicrosOf(pid: number): Promise<number | null> {
  const folder = `/proc/${pid}/task`;
  try {
    const threads = await readdir(folder);
    const spent = await Promise.all(
      threads.map(async (thread) => {
        const [nanoseconds] = (await readFile(`${folder}/${thread}/schedstat`, 'utf8')).split(' ');
        return Number(nanoseconds) / 1000;
      }),
    );
    return spent.reduce((sum, micros) => sum + micros, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

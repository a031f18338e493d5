import { chmod, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { CertificateProblem } from './problem.js';

/**
 * The bytes of a file, or null when there is none.
 * @param where what a problem begins with, if that is more than the name of the file
 * @throws CertificateProblem when it cannot be read.
 */
export async function readIfThere(file: string, where = file): Promise<Buffer | null> {
  try {
    return await readFile(file);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    const remedy = "let the broker's user read it, and enter every folder above it";
    throw new CertificateProblem(where, `cannot be read (${code})`, remedy, { cause });
  }
}

/**
 * The same for a file with a private key. Whoever can read that can pretend to be the broker, so a file that is open to
 * all, or that the group may change, is refused. The group may read: original installations have files of root's with
 * the group of the broker's user.
 */
export async function readSecret(file: string, where = file): Promise<Buffer | null> {
  const content = await readIfThere(file, where);
  if (content !== null) await refuseMode(file, where, { forbidden: 0o027, risk: 'others can use the key' });
  return content;
}

/** The same for a file with certificates to be trusted, which everybody may read. */
export async function readTrusted(file: string, where: string): Promise<Buffer | null> {
  const content = await readIfThere(file, where);
  if (content !== null)
    await refuseMode(file, where, { forbidden: 0o022, risk: 'others can change who is trusted' });
  return content;
}

interface Forbidden {
  readonly forbidden: number;
  readonly risk: string;
}

async function refuseMode(file: string, where: string, { forbidden, risk }: Forbidden): Promise<void> {
  const mode = (await stat(file)).mode & 0o777;
  if ((mode & forbidden) === 0) return;
  const found = mode.toString(8).padStart(3, '0');
  throw new CertificateProblem(where, `has mode ${found}, so ${risk}`, `run: chmod 600 ${file}`);
}

/** Never a half-written file, whenever the process dies. */
export async function writeWhole(file: string, content: string | Buffer, mode: number): Promise<void> {
  const fresh = `${file}.new`;
  await writeFile(fresh, content, { mode });
  await chmod(fresh, mode);
  await rename(fresh, file);
}

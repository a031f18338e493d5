import { closeSync, fstatSync, ftruncateSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { AuditLine, emptyChain, hashLine, type ChainHead } from './audit-line.js';

/** The file that is written to. */
export const CURRENT_FILE = 'audit.log';

/** Full files are named after the number of their first line, so that their names sort in the order of the chain. */
const FULL_FILE = /^audit-\d{12}\.log$/;

export function fullFileName(firstSeq: number): string {
  return `audit-${String(firstSeq).padStart(12, '0')}.log`;
}

/** Paths of the log's files in the order of the chain; empty if there is none. @throws ENOENT without the folder */
export function auditFiles(folder: string): string[] {
  const names = readdirSync(folder);
  const full = names.filter((name) => FULL_FILE.test(name)).sort();
  return [...full, ...names.filter((name) => name === CURRENT_FILE)].map((name) => join(folder, name));
}

/** Opens for appending, and only this user may read. */
export function openForAppend(file: string): number {
  return openSync(file, 'a', 0o600);
}

/** Far longer than any line. */
const TAIL_BYTES = 262_144;

export interface Tail {
  readonly head: ChainHead;
  /** Bytes of a last line that was never finished, such as after a loss of power. */
  readonly tornBytes: number;
}

/** Where the chain stands at the end of a file. @throws Error when its last whole line is no line of ours */
export function readTail(file: string): Tail {
  const descriptor = openSync(file, 'r');
  try {
    const { size } = fstatSync(descriptor);
    const length = Math.min(size, TAIL_BYTES);
    const bytes = Buffer.alloc(length);
    readSync(descriptor, bytes, 0, length, size - length);
    const end = bytes.lastIndexOf(10) + 1;
    const lines = bytes.subarray(0, end).toString('utf8').split('\n');
    const last = lines.at(-2);
    return { head: last === undefined ? emptyChain : headAfter(file, last), tornBytes: length - end };
  } finally {
    closeSync(descriptor);
  }
}

export function cutTail(file: string, bytes: number): void {
  const descriptor = openSync(file, 'r+');
  try {
    ftruncateSync(descriptor, fstatSync(descriptor).size - bytes);
  } finally {
    closeSync(descriptor);
  }
}

function headAfter(file: string, text: string): ChainHead {
  const line = AuditLine.safeParse(parseJson(text));
  if (line.success) return { seq: line.data.seq, hash: hashLine(text) };
  throw new Error(`${file} does not end with a line of the audit log; move it away to begin a new one`);
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

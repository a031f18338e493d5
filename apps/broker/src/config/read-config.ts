import { isUtf8 } from 'node:buffer';
import { readFileSync, statSync } from 'node:fs';
import type { ConfigProblem } from './config-problem.js';
import type { BrokerConfigResult } from './interpret-config.js';
import { interpretConfig } from './interpret-config.js';

export type { BrokerConfig } from './broker-config.js';
export { formatProblem } from './config-problem.js';
export type { ConfigProblem } from './config-problem.js';
export type { BrokerConfigResult } from './interpret-config.js';

/** Writing by the group, and anything by others: the file may hold passwords. */
const forbiddenModeBits = 0o027;
const permissionBits = 0o777;
const largestFileBytes = 1024 * 1024;

/**
 * Reads the properties file at `path`. Never throws for what an operator can put right: a missing file, wrong
 * permissions (administration guide: the broker checks them at start) and wrong content all come back as problems,
 * together. A missing file is a problem, because a broker that starts with defaults by mistake looks like a healthy one.
 */
export function readBrokerConfig(path: string): BrokerConfigResult {
  const read = readText(path);
  if (read.kind === 'unreadable') return { kind: 'problems', problems: [read.problem] };
  const result = interpretConfig(path, read.text);
  const permissionProblems = checkPermissions(path, read.mode);
  if (permissionProblems.length === 0) return result;
  const contentProblems = result.kind === 'problems' ? result.problems : [];
  return { kind: 'problems', problems: [...permissionProblems, ...contentProblems] };
}

type ReadText =
  | { readonly kind: 'text'; readonly text: string; readonly mode: number }
  | { readonly kind: 'unreadable'; readonly problem: ConfigProblem };

function readText(path: string): ReadText {
  try {
    const facts = statSync(path);
    const { mode, size } = facts;
    if (!facts.isFile()) return unreadable(path, 'is not a file', 'name the properties file itself');
    if (size > largestFileBytes) {
      return unreadable(path, `has ${size} bytes, more than any configuration needs`, 'check the path');
    }
    const bytes = readFileSync(path);
    // Files for Java may be in Latin-1, its older default: an accent in a comment must not stop the broker.
    return { kind: 'text', text: bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1'), mode };
  } catch (error) {
    return unreadable(path, ...explain(error));
  }
}

function unreadable(file: string, problem: string, remedy: string): ReadText {
  return { kind: 'unreadable', problem: { file, problem, remedy } };
}

function explain(error: unknown): readonly [problem: string, remedy: string] {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return [
        'does not exist',
        'name the right path, or create the file, for example with the line "session-manager-working-path = /var/lib/dcvsmbroker"',
      ];
    case 'EACCES':
      return [
        'may not be read by this user',
        'run `chown root:dcvsmbroker` and `chmod 640` on it and start the broker as dcvsmbroker',
      ];
    default:
      throw error;
  }
}

function checkPermissions(file: string, mode: number): readonly ConfigProblem[] {
  if ((mode & forbiddenModeBits) === 0) return [];
  const shownMode = (mode & permissionBits).toString(8).padStart(3, '0');
  return [
    {
      file,
      problem: `has mode ${shownMode}: it may hold passwords, so its group must not write it and others must not touch it`,
      remedy: `run: chmod 640 ${file} && chown root:dcvsmbroker ${file}`,
    },
  ];
}

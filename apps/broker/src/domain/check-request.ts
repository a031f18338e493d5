import type { CreateSessionRequestData } from '@dcvsm/protocol';
import { describeProblem, parseRequirements } from '@dcvsm/requirements';
import { permissionsFileProblem } from './permissions-file.js';

export interface RequestLimits {
  readonly autorunMaxArguments: number;
  readonly autorunMaxArgumentCharacters: number;
}

type Entry = CreateSessionRequestData;
type Check = (entry: Entry, limits: RequestLimits) => string | null;

/**
 * What is wrong with one entry of CreateSessions beyond its form, as a sentence that names the field and the remedy;
 * null if nothing is. Rules of the developer guide, CreateSessions, and of the portals that mirror it.
 */
export function createRequestProblem(entry: Entry, limits: RequestLimits): string | null {
  for (const check of CHECKS) {
    const problem = check(entry, limits);
    if (problem !== null) return problem;
  }
  return null;
}

const checkRequirements: Check = (entry) => {
  const parsed = parseRequirements(entry.Requirements ?? '');
  return parsed.ok ? null : `Requirements: ${describeProblem(parsed.problem)}`;
};

const checkInitFiles: Check = (entry) => {
  const { InitFile, InitFilePath } = entry;
  if (InitFile !== undefined && InitFilePath !== undefined && InitFile !== InitFilePath) {
    return 'InitFilePath is the old name of InitFile; give only InitFile';
  }
  return null;
};

const checkPaths: Check = (entry) => {
  for (const field of ['InitFile', 'InitFilePath', 'AutorunFile'] as const) {
    const path = entry[field];
    if (path !== undefined && leavesItsFolder(path)) {
      return `${field} must be a path inside the agent's folder, without "..", drive or leading "/"`;
    }
  }
  return null;
};

const checkConsole: Check = (entry) => {
  if (entry.Type !== 'CONSOLE') return null;
  if (entry.InitFile !== undefined || entry.InitFilePath !== undefined) {
    return 'InitFile is only for VIRTUAL sessions; leave it out for a CONSOLE session';
  }
  if (entry.DcvGlEnabled === true) {
    return 'DcvGlEnabled is only for VIRTUAL sessions; leave it out for a CONSOLE session';
  }
  return null;
};

const checkAutorun: Check = (entry, limits) => {
  const { AutorunFile, AutorunFileArguments: given = [] } = entry;
  if (given.length > 0 && AutorunFile === undefined) {
    return 'AutorunFileArguments need an AutorunFile; give one or leave the arguments out';
  }
  if (given.length > limits.autorunMaxArguments) {
    return `AutorunFileArguments has ${given.length} entries; at most ${limits.autorunMaxArguments} are allowed`;
  }
  const long = given.findIndex((argument) => argument.length > limits.autorunMaxArgumentCharacters);
  if (long === -1) return null;
  return `AutorunFileArguments[${long}] is longer than ${limits.autorunMaxArgumentCharacters} characters`;
};

const checkPermissions: Check = (entry) =>
  entry.PermissionsFile === undefined
    ? null
    : permissionsFileProblem(Buffer.from(entry.PermissionsFile, 'base64'));

const CHECKS: readonly Check[] = [
  checkRequirements,
  checkInitFiles,
  checkPaths,
  checkConsole,
  checkAutorun,
  checkPermissions,
];

/** The agent checks again, on the real folder; here the caller learns of it at once. */
function leavesItsFolder(path: string): boolean {
  return (
    path.startsWith('/') ||
    path.startsWith('\\') ||
    /^[A-Za-z]:/.test(path) ||
    path.split(/[/\\]/).includes('..')
  );
}

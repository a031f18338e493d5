import type { Platform } from '../config/platform.js';

/** Says that a value cannot be given to the `dcv` command. */
export class UnsafeArgument extends Error {
  constructor(what: string, problem: string) {
    super(`${what} ${problem}`);
    this.name = 'UnsafeArgument';
  }
}

export interface CreateArguments {
  readonly platform: Platform;
  readonly sessionId: string;
  readonly name: string;
  readonly owner: string;
  readonly type: 'CONSOLE' | 'VIRTUAL';
  readonly dcvGlEnabled: boolean | undefined;
  readonly maxConcurrentClients: number | undefined;
  readonly storageRoot: string | undefined;
  /** Absolute paths. */
  readonly permissionsFile: string | undefined;
  readonly init: string | undefined;
}

/** Command line of `dcv create-session` (DCV administrator guide): which option exists depends on platform and type. */
export function createArguments(wanted: CreateArguments): readonly string[] {
  const onLinux = wanted.platform === 'linux';
  const virtual = onLinux && wanted.type === 'VIRTUAL';
  const gl = wanted.dcvGlEnabled === undefined ? undefined : wanted.dcvGlEnabled ? 'on' : 'off';
  return [
    'create-session',
    ...option('--type', onLinux ? wanted.type.toLowerCase() : undefined, 'Type'),
    ...option('--name', wanted.name || undefined, 'Name'),
    ...option('--user', virtual ? wanted.owner : undefined, 'Owner'),
    ...option('--owner', wanted.owner, 'Owner'),
    ...option('--permissions-file', wanted.permissionsFile, 'PermissionsFile'),
    ...option('--storage-root', wanted.storageRoot, 'StorageRoot'),
    ...option('--gl', virtual ? gl : undefined, 'DcvGlEnabled'),
    ...option('--max-concurrent-clients', wanted.maxConcurrentClients?.toString(), 'MaxConcurrentClients'),
    ...option('--init', virtual ? wanted.init : undefined, 'InitFile'),
    safe(wanted.sessionId, 'session id'),
  ];
}

export function closeArguments(sessionId: string): readonly string[] {
  return ['close-session', safe(sessionId, 'session id')];
}

export function listArguments(): readonly string[] {
  return ['list-sessions', '--json'];
}

export function describeArguments(sessionId: string): readonly string[] {
  return ['describe-session', safe(sessionId, 'session id'), '--json'];
}

export function setPermissionsArguments(sessionId: string, file: string): readonly string[] {
  return [
    'set-permissions',
    ...option('--session', sessionId, 'session id'),
    ...option('--file', file, 'file'),
  ];
}

export interface ScreenshotArguments {
  readonly sessionId: string;
  readonly maxWidth: number;
  readonly maxHeight: number;
  readonly format: 'png' | 'jpeg';
  /** Where the picture goes; absent: to the standard output, as JSON. */
  readonly output: string | undefined;
}

/** `--primary`: the API shows one picture of a session and calls it the primary one. */
export function screenshotArguments(wanted: ScreenshotArguments): readonly string[] {
  return [
    'get-screenshot',
    ...option('--max-width', String(wanted.maxWidth), 'width'),
    ...option('--max-height', String(wanted.maxHeight), 'height'),
    ...option('--format', wanted.format.toUpperCase(), 'format'),
    '--primary',
    ...(wanted.output === undefined ? ['--json'] : option('--output', wanted.output, 'output')),
    safe(wanted.sessionId, 'session id'),
  ];
}

export function versionArguments(): readonly string[] {
  return ['version'];
}

export function endpointsArguments(): readonly string[] {
  return ['list-endpoints', '--json'];
}

function option(name: string, value: string | undefined, what: string): readonly string[] {
  return value === undefined ? [] : [name, safe(value, what)];
}

/** A value that begins with `-` would be read as an option, and nothing DCV takes has control characters. */
function safe(value: string, what: string): string {
  if (value === '') throw new UnsafeArgument(what, 'is empty');
  if (value.startsWith('-'))
    throw new UnsafeArgument(what, 'begins with -, which the dcv command takes for an option');
  if (/\p{Cc}/u.test(value)) throw new UnsafeArgument(what, 'contains control characters');
  return value;
}

import type { Command, CommandOf, HostSession, Outcome } from '@dcvsm/protocol';
import type { Platform } from '../config/platform.js';
import type { CheckedFile } from './check-file.js';
import { renderInitScript } from './init-script.js';
import type { SessionPaths } from './session-files.js';
import type { Step } from './steps.js';

/** What the agent saw on its host before planning. */
export interface Situation {
  readonly platform: Platform;
  /** What DCV lists now. */
  readonly sessions: readonly HostSession[];
  /** Of the command's session. */
  readonly paths: SessionPaths;
  /** The files that the command names, if it does. */
  readonly initFile?: CheckedFile;
  readonly autorunFile?: CheckedFile;
  /** Script that starts the desktop when nobody names one; null if the host has none. */
  readonly defaultInit: string | null;
}

/**
 * What has to be done for a command, decided from what is there: a command that arrives again, or after
 * somebody else did the same, needs fewer steps and ends in the same outcome.
 */
export function plan(command: Command, situation: Situation): readonly Step[] {
  const existing = situation.sessions.find((session) => session.id === command.sessionId);
  switch (command.kind) {
    case 'create-session':
      return existing ? [created(existing)] : planCreate(command, situation);
    case 'delete-session':
      return planDelete(command.sessionId, existing);
    case 'set-permissions':
      return existing ? planPermissions(command, situation.paths) : [missing()];
    case 'take-screenshot':
      return existing ? [{ kind: 'dcv-screenshot', command, file: situation.paths.picture }] : [missing()];
  }
}

/** What to do after a create that failed half-way, so that it leaves nothing behind. */
export function planUndoCreate(sessionId: string, sessions: readonly HostSession[]): readonly Step[] {
  const exists = sessions.some((session) => session.id === sessionId);
  const close: readonly Step[] = exists
    ? [
        { kind: 'dcv-close', sessionId },
        { kind: 'confirm-gone', sessionId },
      ]
    : [];
  return [...close, { kind: 'forget-files', sessionId }];
}

function planCreate(command: CommandOf<'create-session'>, situation: Situation): readonly Step[] {
  const refusal = refuseCreate(command, situation);
  if (refusal !== null) return [failed(refusal)];
  const { paths, platform } = situation;
  const script = initScript(situation, command.autorunFileArguments ?? []);
  return [
    ...(command.permissionsFile === undefined ? [] : [writePermissions(command.permissionsFile, paths)]),
    ...(script === null ? [] : [writeScript(script, paths)]),
    {
      kind: 'dcv-create',
      arguments: {
        platform,
        sessionId: command.sessionId,
        name: command.name,
        owner: command.owner,
        type: command.type,
        dcvGlEnabled: command.dcvGlEnabled,
        maxConcurrentClients: command.maxConcurrentClients,
        storageRoot: command.storageRoot,
        permissionsFile: command.permissionsFile === undefined ? undefined : paths.permissions,
        init: script === null ? accepted(situation.initFile) : paths.initScript,
      },
    },
    { kind: 'dcv-describe', sessionId: command.sessionId },
  ];
}

/** Which options a session may have depends on its type and host (developer guide, CreateSessions). */
function refuseCreate(command: CommandOf<'create-session'>, situation: Situation): string | null {
  const { platform, initFile, autorunFile } = situation;
  if (platform === 'windows') {
    if (command.type === 'VIRTUAL') return 'virtual sessions need a Linux host';
    if (command.initFile !== undefined) return 'InitFile needs a virtual session on a Linux host';
    if (command.autorunFile !== undefined) {
      return 'AutorunFile on Windows is not possible through the documented dcv command yet';
    }
  } else if (command.type === 'CONSOLE') {
    if (command.initFile !== undefined) return 'InitFile needs a virtual session';
    if (command.autorunFile !== undefined) return 'AutorunFile on Linux needs a virtual session';
  }
  if (initFile?.kind === 'refused') return initFile.reason;
  if (autorunFile?.kind === 'refused') return autorunFile.reason;
  if (command.autorunFileArguments?.some((argument) => argument.includes('\0'))) {
    return 'AutorunFileArguments contain NUL characters';
  }
  return null;
}

function initScript(situation: Situation, autorunArguments: readonly string[]): string | null {
  const autorunFile = accepted(situation.autorunFile);
  if (autorunFile === undefined) return null;
  const initFile = accepted(situation.initFile) ?? situation.defaultInit ?? undefined;
  return renderInitScript({ autorunFile, autorunArguments, initFile });
}

function planDelete(sessionId: string, existing: HostSession | undefined): readonly Step[] {
  const close: readonly Step[] = existing
    ? [
        { kind: 'dcv-close', sessionId },
        { kind: 'confirm-gone', sessionId },
      ]
    : [];
  return [...close, { kind: 'forget-files', sessionId }, { kind: 'answer', outcome: { kind: 'deleted' } }];
}

function planPermissions(command: CommandOf<'set-permissions'>, paths: SessionPaths): readonly Step[] {
  return [
    writePermissions(command.permissionsFile, paths),
    { kind: 'dcv-set-permissions', sessionId: command.sessionId, file: paths.permissions },
    { kind: 'answer', outcome: { kind: 'permissions-set' } },
  ];
}

/** The DCV server, another user than the agent, reads it; it holds names and rights but no secret. */
function writePermissions(base64: string, paths: SessionPaths): Step {
  return { kind: 'write-file', path: paths.permissions, content: base64, encoding: 'base64', mode: 0o644 };
}

/** The session's user runs it, and nobody but the agent may change it. */
function writeScript(script: string, paths: SessionPaths): Step {
  return { kind: 'write-file', path: paths.initScript, content: script, encoding: 'utf8', mode: 0o755 };
}

function accepted(file: CheckedFile | undefined): string | undefined {
  return file?.kind === 'accepted' ? file.path : undefined;
}

function created(session: HostSession): Step {
  return answer({ kind: 'created', session });
}

function missing(): Step {
  return answer({ kind: 'failed', reason: 'The session does not exist on this host', sessionMissing: true });
}

/** The session that was to be created does not exist, since nothing was begun. */
function failed(reason: string): Step {
  return answer({ kind: 'failed', reason, sessionMissing: true });
}

function answer(outcome: Outcome): Step {
  return { kind: 'answer', outcome };
}

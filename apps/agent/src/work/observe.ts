import { access, constants } from 'node:fs/promises';
import type { Command } from '@dcvsm/protocol';
import type { Platform } from '../config/platform.js';
import type { Answer, Dcv } from '../dcv/dcv.js';
import { checkFile, type CheckedFile } from './check-file.js';
import type { Situation } from './plan.js';
import { sessionPaths } from './session-files.js';

/** The folders of this host that commands touch. */
export interface HostPlaces {
  readonly platform: Platform;
  readonly dataFolder: string;
  readonly initFolder: string;
  readonly autorunFolder: string;
  /** Configured script that starts the desktop. */
  readonly defaultInit: string | undefined;
}

/** DCV's own script first, then those that Debian and Red Hat start X sessions with. */
const DEFAULT_INITS = [
  '/etc/dcv/dcvsessioninit',
  '/etc/X11/Xsession',
  '/etc/X11/xinit/Xsession',
  '/etc/X11/xinit/Xclients',
];

/** Looks at everything that the plan for `command` depends on. */
export async function observe(command: Command, dcv: Dcv, places: HostPlaces): Promise<Answer<Situation>> {
  const list = await dcv.listSessions();
  if (list.kind === 'failed') return { kind: 'failed', reason: `DCV cannot be asked: ${list.reason}` };
  const base = {
    platform: places.platform,
    sessions: list.value,
    paths: sessionPaths(places.dataFolder, command.sessionId),
    defaultInit: null,
  };
  if (command.kind !== 'create-session') return { kind: 'ok', value: base };
  const { initFile, autorunFile } = command;
  const value: Situation = {
    ...base,
    ...(initFile === undefined ? {} : { initFile: await check('InitFile', initFile, places) }),
    ...(autorunFile === undefined ? {} : { autorunFile: await check('AutorunFile', autorunFile, places) }),
    defaultInit: autorunFile === undefined ? null : await findDefaultInit(places),
  };
  return { kind: 'ok', value };
}

function check(what: 'InitFile' | 'AutorunFile', path: string, places: HostPlaces): Promise<CheckedFile> {
  const folder = what === 'InitFile' ? places.initFolder : places.autorunFolder;
  return checkFile({ folder, path, what, platform: places.platform });
}

async function findDefaultInit({ defaultInit }: HostPlaces): Promise<string | null> {
  if (defaultInit !== undefined) return defaultInit;
  for (const candidate of DEFAULT_INITS) {
    try {
      await access(candidate, constants.X_OK);
      return candidate;
    } catch {
      // Not on this host; the next one may be.
    }
  }
  return null;
}

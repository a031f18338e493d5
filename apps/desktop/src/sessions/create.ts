import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock, Log } from '@dcvsm/runtime';
import type { Display, Displays } from '../display/display.js';
import { OWNER_ONLY } from '../permissions/decide.js';
import { PermissionsProblem } from '../permissions/lines.js';
import type { Permissions } from '../permissions/parse.js';
import { readPermissions } from '../permissions/read.js';
import { isExecutable } from '../processes/find-program.js';
import { MARK_VARIABLE } from '../processes/marked.js';
import { Program } from '../processes/program.js';
import { Refusal } from '../refusal.js';
import type { DcvRequest } from '../wire/request.js';
import { checkUser } from './rules.js';
import { Session } from './session.js';
import { storageRoot } from './storage.js';

export type CreateRequest = Extract<DcvRequest, { command: 'create-session' }>;

export interface Surroundings {
  readonly clock: Clock;
  readonly log: Log;
  readonly displays: Displays;
  readonly stateDir: string;
  /** Tells apart several desktops of one machine; given to init scripts. */
  readonly hostnameTag: string;
}

/**
 * Makes a session: a display, and the init script running on it.
 *
 * @throws Refusal if the request cannot be granted
 * @throws Error if the display does not start
 */
export async function createSession(around: Surroundings, request: CreateRequest): Promise<Session> {
  checkUser(request.user);
  checkUser(request.owner);
  const permissions =
    request.permissionsFile === null ? OWNER_ONLY : await permissionsOf(request.permissionsFile);
  if (request.init !== null && !(await isExecutable(request.init))) {
    throw new Refusal(`the init script '${request.init}' does not exist or is not executable`);
  }
  const home = await homeOf(around.stateDir, request.user);
  const folder = join(around.stateDir, 'sessions', request.session);
  const mark = `${around.stateDir}/${request.session}`;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const display = await around.displays.start({ sessionId: request.session, folder, mark });
  try {
    const program = await startInit(around, request, { display, home, mark });
    const { session: id, type, owner, user, maxConcurrentClients, name } = request;
    return new Session(
      {
        ...{ id, type, owner, user, display, program, folder, mark },
        maxConcurrentClients: maxConcurrentClients === -1 ? null : maxConcurrentClients,
        createdAtMs: around.clock.now(),
      },
      { name, permissions, storageRoot: await storageRoot(request.storageRoot, home) },
    );
  } catch (cause) {
    await display.stop();
    throw cause;
  }
}

/** @throws Refusal if the file cannot be read or understood */
export async function permissionsOf(path: string): Promise<Permissions> {
  try {
    return await readPermissions(path);
  } catch (cause) {
    if (cause instanceof PermissionsProblem) throw new Refusal(cause.message);
    throw cause;
  }
}

/** Users of this stand-in have homes of its own: nothing here depends on who exists on the machine. */
export async function homeOf(stateDir: string, user: string): Promise<string> {
  const home = join(stateDir, 'home', user);
  await mkdir(home, { recursive: true, mode: 0o700 });
  return home;
}

interface Place {
  readonly display: Display;
  readonly home: string;
  readonly mark: string;
}

async function startInit(
  around: Surroundings,
  request: CreateRequest,
  place: Place,
): Promise<Program | null> {
  if (request.init === null) return null;
  if (place.display.name === '') {
    around.log.warn(
      { session: request.session },
      'the init script does not run: the session is only a drawn picture',
    );
    return null;
  }
  const program = await Program.start({
    command: request.init,
    args: [],
    env: {
      ...{ PATH: process.env['PATH'], LANG: process.env['LANG'] ?? 'C.UTF-8', SHELL: '/bin/sh' },
      ...{ DISPLAY: place.display.name, XAUTHORITY: place.display.authority, [MARK_VARIABLE]: place.mark },
      ...{ HOME: place.home, USER: request.user, LOGNAME: request.user },
      ...{
        DCV_SESSION_ID: request.session,
        DCV_SESSION_OWNER: request.owner,
        DCV_SESSION_NAME: request.name,
      },
      ...{ DCV_GL: request.gl ? 'on' : 'off', DCV_HOSTNAME_TAG: around.hostnameTag },
    },
    cwd: place.home,
    logFile: join(around.stateDir, `init-${request.session}.log`),
  });
  void program.exited.then(({ code, signal }) => {
    around.log.info({ session: request.session, code, signal }, 'the init script ended');
  });
  return program;
}

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withDeadline, type Clock, type Ids } from '@dcvsm/runtime';
import type { Size } from '../picture/picture.js';
import { MARK_VARIABLE } from '../processes/marked.js';
import { Program } from '../processes/program.js';
import { encodeAuthority } from '../x11/authority.js';
import type { DisplayRequest } from './display.js';

const START_MS = 20_000;
const COOKIE_BYTES = 16;
const LOG_TAIL_CHARACTERS = 400;

export interface XServerKind {
  readonly name: 'Xvnc' | 'Xvfb';
  readonly path: string;
}

export interface XServer {
  readonly program: Program;
  readonly display: number;
  readonly cookie: Buffer;
  readonly authority: string;
}

export interface XServerOptions {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly kind: XServerKind;
  readonly size: Size;
}

/** No server listens on the network: X and, for Xvnc, VNC clients of other machines find nothing to connect to. */
function serverArguments(
  { name }: XServerKind,
  { width, height }: Size,
  authority: string,
): readonly string[] {
  const shared = ['-displayfd', '3', '-auth', authority, '-nolisten', 'tcp', '-noreset'];
  if (name === 'Xvfb') return [...shared, '-screen', '0', `${width}x${height}x24`];
  return [
    ...shared,
    '-geometry',
    `${width}x${height}`,
    '-depth',
    '24',
    '-rfbport',
    '-1',
    '-SecurityTypes',
    'None',
  ];
}

/**
 * Starts an X server on a display number that it finds free itself, and resolves when it takes clients.
 *
 * @throws Error with the end of its log if it does not start within 20 seconds
 */
export async function startXServer(options: XServerOptions, request: DisplayRequest): Promise<XServer> {
  const { clock, ids, kind, size } = options;
  const cookie = Buffer.from(ids.secret(COOKIE_BYTES), 'base64url');
  const authority = join(request.folder, 'vsession.xauth');
  await writeFile(authority, encodeAuthority(cookie), { mode: 0o600 });
  const logFile = join(request.folder, 'display.log');
  const program = await Program.start({
    command: kind.path,
    args: serverArguments(kind, size, authority),
    env: { PATH: process.env['PATH'], HOME: request.folder, [MARK_VARIABLE]: request.mark },
    cwd: request.folder,
    logFile,
  });
  try {
    const display = await withDeadline(clock, kind.name, START_MS, displayNumber(program));
    return { program, display, cookie, authority };
  } catch (cause) {
    await program.stop(clock);
    const tail = (await readFile(logFile, 'utf8')).slice(-LOG_TAIL_CHARACTERS).trim();
    throw new Error(`${kind.name} did not start: ${tail}`, { cause });
  }
}

/** The server writes the number and a line feed to file descriptor 3 when it takes clients. */
async function displayNumber(program: Program): Promise<number> {
  let text = '';
  for await (const chunk of program.extraOutput) {
    text += String(chunk);
    const number = /^(\d+)\n/.exec(text)?.[1];
    if (number !== undefined) return Number(number);
  }
  throw new Error('it ended before it took clients');
}

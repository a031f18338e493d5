import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog, systemClock, systemIds } from '@dcvsm/runtime';
import { runDcv } from '../src/cli/run.js';
import { Desktop, type DesktopOptions } from '../src/server/desktop.js';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly desktop: Desktop;
  readonly stateDir: string;
  dcv(...args: readonly string[]): Promise<Ran>;
  /** What a command that must succeed printed as JSON. */
  json<T>(...args: readonly string[]): Promise<T>;
  stop(): Promise<void>;
}

/** A desktop server in this process, in a folder of its own, with the dcv command as its callers use it. */
export async function startDesktop(options: Partial<DesktopOptions> = {}): Promise<Started> {
  const folder = await mkdtemp(join(tmpdir(), 'dcv-desktop-'));
  const stateDir = options.stateDir ?? join(folder, 'state');
  const own = { clock: systemClock(), ids: systemIds(), log: silentLog(), ...options, stateDir };
  const desktop = await Desktop.start(own).catch(async (cause: unknown) => {
    await rm(folder, { recursive: true });
    throw cause;
  });
  const dcv = (...args: readonly string[]): Promise<Ran> => dcvOf(stateDir, folder, args);
  return {
    desktop,
    stateDir,
    dcv,
    async json<T>(...args: readonly string[]) {
      const { code, stdout, stderr } = await dcv(...args, '--json');
      if (code !== 0) throw new Error(`dcv ${args.join(' ')} failed: ${stderr}`);
      return JSON.parse(stdout) as T;
    },
    async stop() {
      await desktop.close();
      await rm(folder, { recursive: true });
    },
  };
}

async function dcvOf(stateDir: string, cwd: string, args: readonly string[]): Promise<Ran> {
  let stdout = '';
  let stderr = '';
  const code = await runDcv(args, {
    ...{ stateDir, cwd, user: 'ann' },
    stdout: (text) => void (stdout += text),
    stderr: (text) => void (stderr += text),
  });
  return { code, stdout, stderr };
}

/** An auth-token-verifier for which every token is the name of its user; the token `bad` is none. */
export async function startVerifier(): Promise<{ readonly url: URL; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    let form = '';
    request.on('data', (chunk) => (form += String(chunk)));
    request.on('end', () => {
      const token = new URLSearchParams(form).get('authenticationToken') ?? 'bad';
      const inner = token === 'bad' ? '<message>expired</message>' : `<username>${token}</username>`;
      response.end(`<auth result="${token === 'bad' ? 'no' : 'yes'}">${inner}</auth>`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: new URL(`http://127.0.0.1:${port}/agent/validate-authentication-token`),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

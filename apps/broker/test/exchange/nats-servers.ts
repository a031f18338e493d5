import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { NatsAddress } from '../../src/cluster/nats-address.js';

/** Installed by its package on Debian; NATS_SERVER names another. */
const PROGRAM = process.env.NATS_SERVER ?? 'nats-server';
/** Where Debian puts it, which is not on everybody's path. */
const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` };
export const NATS_PROGRAM = { file: PROGRAM, env, stdio: 'pipe' } as const;

/** `describe` where the program is installed; else the tests are skipped, and a word says why. */
export function describeWithNats(title: string, tests: () => void): void {
  if (isInstalled()) return describe(title, tests);
  process.stderr.write(`${title}: skipped, because the program ${PROGRAM} is not installed\n`);
  describe.skip(title, tests);
}

function isInstalled(): boolean {
  try {
    execFileSync(PROGRAM, ['--version'], { timeout: 5000, env });
    return true;
  } catch {
    return false;
  }
}

/** A NATS server of this test alone, on a free port of the loopback. */
export class NatsServer {
  private constructor(
    readonly port: number,
    readonly folder: string,
    readonly process: ChildProcess,
  ) {}

  /** `files` are written beside the configuration; in it, `@/` stands for their folder. */
  static async start(configuration = '', files: Readonly<Record<string, string>> = {}): Promise<NatsServer> {
    const folder = mkdtempSync(join(tmpdir(), 'dcvsm-nats-'));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const file = join(folder, 'nats.conf');
    writeFileSync(file, `listen: "127.0.0.1:-1"\n${configuration.replaceAll('@/', `${folder}/`)}`);
    const child = spawn(PROGRAM, ['-c', file], { env, stdio: ['ignore', 'ignore', 'pipe'] });
    const port = await new Promise<number>((resolve, reject) => {
      const said: string[] = [];
      createInterface(child.stderr).on('line', (line) => {
        said.push(line);
        const found = /Listening for client connections on 127\.0\.0\.1:(\d+)/.exec(line)?.[1];
        if (found !== undefined) resolve(Number(found));
      });
      child.once('error', reject);
      child.once('exit', () => reject(new Error(`nats-server did not start:\n${said.join('\n')}`)));
    });
    return new NatsServer(port, folder, child);
  }

  /** Without anything of its own. */
  get address(): NatsAddress {
    const nobody = { user: null, password: null, token: null, credentialsFile: null };
    return { servers: [`127.0.0.1:${this.port}`], tls: false, caFile: null, ...nobody };
  }

  async stop(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      this.process.kill('SIGKILL');
      await once(this.process, 'exit');
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';

/** A busy machine may need long to start a program. */
jest.setTimeout(60_000);

const ROOT = resolve(__dirname, '../../..');
const SOURCES = [
  '--import',
  pathToFileURL(join(ROOT, 'scripts/typescript-sources.mjs')).href,
  '--conditions=@dcvsm/source',
  join(__dirname, '../src/main.ts'),
];

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ReturnType<typeof spawn>;
  readonly ended: Promise<Ended>;
}

/** The real command, run from its sources in processes of its own, for a user with a home of his own. */
export class Dcvsm implements AsyncDisposable {
  env: Record<string, string> = {};

  private constructor(readonly home: string) {}

  static async install(): Promise<Dcvsm> {
    return new Dcvsm(await mkdtemp(join(tmpdir(), 'dcvsm-cli-')));
  }

  get cacheFolder(): string {
    return join(this.home, 'cache/dcvsm/tokens');
  }

  /** Writes a file of the user and resolves with its path. */
  async file(name: string, content: string, mode = 0o600): Promise<string> {
    const path = join(this.home, name);
    await writeFile(path, content, { mode });
    return path;
  }

  start(args: readonly string[], input = ''): Running {
    const child = spawn(process.execPath, [...SOURCES, ...args], {
      cwd: this.home,
      env: {
        PATH: process.env['PATH'],
        HOME: this.home,
        XDG_CONFIG_HOME: this.home,
        XDG_CACHE_HOME: join(this.home, 'cache'),
        ...this.env,
      },
    });
    child.stdin.end(input);
    const ended = Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)]).then(
      ([[code], stdout, stderr]) => ({ code: code as number | null, stdout, stderr }),
    );
    return { child, ended };
  }

  run(...args: readonly string[]): Promise<Ended> {
    return this.start(args).ended;
  }

  /** What a command prints; @throws if it fails. */
  async prints(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(...args);
    if (code !== 0) throw new Error(`${args.join(' ')} ended with ${String(code)}: ${stderr}`);
    return stdout;
  }

  /** The JSON that a command prints; @throws if it fails. */
  async json<Shape>(...args: readonly string[]): Promise<Shape> {
    return JSON.parse(await this.prints(...args)) as Shape;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.home, { recursive: true, force: true });
  }
}

/** A configuration file as the original's guide shows it. */
export function configuration(values: {
  readonly url: string;
  readonly clientId: string;
  readonly clientPassword: string;
  readonly caFile: string;
  readonly more?: string;
}): string {
  return `[output]
# The format of the output formatter.
output-format = json

[security]
ca-bundle = ${values.caFile}

[authentication]
client-id = ${values.clientId}
client-password = ${values.clientPassword}

[broker]
url = ${values.url}
${values.more ?? ''}`;
}

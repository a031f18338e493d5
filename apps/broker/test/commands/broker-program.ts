import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** A busy machine may need long to start a program. */
jest.setTimeout(60_000);

const SOURCES = [
  '--import',
  pathToFileURL(join(__dirname, 'register-typescript.mjs')).href,
  '--conditions=@dcvsm/source',
  join(__dirname, '../../src/main.ts'),
];

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The real command, run from its sources in processes of its own, with a working path and a configuration file. */
export class BrokerProgram implements AsyncDisposable {
  #serving: ChildProcess | undefined;
  /** Rejects when the broker has ended. */
  #ended: Promise<never> | undefined;
  #log = '';
  /** Called with every piece of the log. */
  readonly #listeners = new Set<() => void>();

  private constructor(
    readonly folder: string,
    readonly configFile: string,
  ) {}

  /** Not started yet. */
  static async install(properties: readonly string[] = []): Promise<BrokerProgram> {
    const folder = await mkdtemp(join(tmpdir(), 'dcvsm-command-'));
    const program = new BrokerProgram(folder, join(folder, 'broker.properties'));
    await program.configure(properties);
    return program;
  }

  static async start(properties: readonly string[] = []): Promise<BrokerProgram> {
    const program = await BrokerProgram.install(properties);
    await program.serve();
    return program;
  }

  get workingPath(): string {
    return join(this.folder, 'state');
  }

  configure(properties: readonly string[]): Promise<void> {
    const lines = [
      `session-manager-working-path = ${this.workingPath}`,
      'client-to-broker-connector-https-port = 0',
      'client-to-broker-connector-bind-host = 127.0.0.1',
      'agent-to-broker-connector-https-port = 0',
      'agent-to-broker-connector-bind-host = 127.0.0.1',
      ...properties,
    ];
    return writeFile(this.configFile, lines.join('\n'), { mode: 0o640 });
  }

  /** Resolves when commands are answered. */
  async serve(): Promise<void> {
    const serving = spawn(process.execPath, [...SOURCES, 'serve', '--config', this.configFile], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#serving = serving;
    this.#log = '';
    serving.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#log += text;
      for (const listener of this.#listeners) listener();
    });
    this.#ended = once(serving, 'close').then(([code]) => {
      throw new Error(`the broker ended with code ${String(code)}: ${this.#log}`);
    });
    // Nobody may be waiting for a message when it ends.
    this.#ended.catch(() => undefined);
    await this.logs('broker is ready');
  }

  /** Resolves when the broker has logged this message; @rejects if it ends without. */
  logs(message: string): Promise<void> {
    const logged = new Promise<void>((resolve) => {
      const look = (): void => {
        if (!this.#log.includes(`"msg":"${message}`)) return;
        this.#listeners.delete(look);
        resolve();
      };
      this.#listeners.add(look);
      look();
    });
    return this.#ended === undefined ? logged : Promise.race([logged, this.#ended]);
  }

  signal(signal: NodeJS.Signals): void {
    this.#serving?.kill(signal);
  }

  async stop(): Promise<void> {
    const serving = this.#serving;
    this.#serving = undefined;
    if (serving === undefined || serving.exitCode !== null) return;
    const ended = once(serving, 'exit');
    serving.kill('SIGTERM');
    await ended;
  }

  /** Runs a command with this configuration. */
  run(command: string, ...args: readonly string[]): Promise<Ended> {
    return runProgram([command, '--config', this.configFile, ...args]);
  }

  /** What a command prints; @throws if it fails or has anything to say besides. */
  async prints(command: string, ...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(command, ...args);
    if (code !== 0 || stderr !== '') throw new Error(`${command} ended with code ${code}: ${stderr}`);
    return stdout;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

export function runProgram(args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [...SOURCES, ...args], { env }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ code, stdout, stderr });
    });
  });
}

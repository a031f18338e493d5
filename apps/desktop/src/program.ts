import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { createLog, stopOnSignals, systemClock, systemIds } from '@dcvsm/runtime';
import { DCV_VERSION, NOTICE } from './about.js';
import { Refusal } from './refusal.js';
import { Desktop } from './server/desktop.js';
import { writeLauncher } from './server/launcher.js';
import type { Verifier } from './verifier/ask.js';
import { callDaemon, Unreachable } from './wire/call.js';
import { FAULT_KINDS, type ControlRequest, type FaultKind } from './wire/request.js';

const DEFAULT_DOWN_MS = 1_000;
const DEFAULT_DELAY_MS = 5_000;

/** The grammar of the program itself; `programPath` is the file that the written `dcv` command starts. */
export function desktopProgram(programPath: string): Command {
  const program = new Command('dcv-desktop').description(NOTICE).showHelpAfterError();
  addServer(program, programPath);
  addClients(program);
  addAccidents(program);
  program
    .command('cli')
    .description('Be the dcv command of a running server; what follows is its command line')
    .requiredOption('--state-dir <folder>', 'the folder of the running server')
    .argument('[dcv-arguments...]');
  return program;
}

interface ServerOptions {
  readonly stateDir: string;
  readonly command?: string;
  readonly hostnameTag?: string;
  readonly drawnOnly: boolean;
  readonly verifierUrl?: string;
  readonly verifierCa?: string;
  readonly port: number;
}

function addServer(program: Command, programPath: string): void {
  program
    .command('server')
    .description(`Run the server that owns the sessions. ${NOTICE}`)
    .requiredOption('--state-dir <folder>', 'where it keeps its socket, its logs and what its sessions need')
    .option('--command <file>', 'where to write the dcv command (default: dcv in the state folder)')
    .option(
      '--hostname-tag <text>',
      'a name that init scripts get, to tell several servers of a machine apart',
    )
    .option('--drawn-only', 'use drawn pictures also where an X server is installed', false)
    .option('--verifier-url <url>', 'the auth-token-verifier that decides about the tokens of clients')
    .option('--verifier-ca <file>', 'the authorities (PEM) to trust for it')
    .option(
      '--port <number>',
      'the port that list-endpoints reports; nothing listens there',
      wholeNumber,
      8443,
    )
    .action((options: ServerOptions) => runServer(options, programPath));
}

async function runServer(options: ServerOptions, programPath: string): Promise<void> {
  const log = createLog({ name: 'dcv-desktop', level: 'info', destination: process.stderr });
  log.info(NOTICE);
  const { drawnOnly, port, hostnameTag } = options;
  const stateDir = resolve(options.stateDir);
  const verifier = await verifierOf(options);
  const clock = systemClock();
  const desktop = await Desktop.start({
    ...{ clock, ids: systemIds(), log, stateDir, drawnOnly, port },
    ...(hostnameTag === undefined ? {} : { hostnameTag }),
    ...(verifier === null ? {} : { verifier }),
  });
  stopOnSignals(log, clock, () => desktop.close());
  const command = resolve(options.command ?? join(stateDir, 'dcv'));
  await writeLauncher({ file: command, node: process.execPath, program: programPath, stateDir });
  const { displays, socket } = desktop;
  const ready = {
    event: 'ready',
    command,
    displays,
    stateDir,
    socket,
    pid: process.pid,
    version: DCV_VERSION,
    notice: NOTICE,
  };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
}

async function verifierOf({ verifierUrl, verifierCa }: ServerOptions): Promise<Verifier | null> {
  if (verifierUrl === undefined) return null;
  if (!URL.canParse(verifierUrl) || !/^https?:/.test(verifierUrl)) {
    throw new Refusal(`--verifier-url must begin with https:// (or http://), not '${verifierUrl}'`);
  }
  const ca = verifierCa === undefined ? null : await readFile(verifierCa, 'utf8');
  return { url: new URL(verifierUrl), ca };
}

interface SessionOptions {
  readonly stateDir: string;
  readonly session: string;
}

function addClients(program: Command): void {
  control(program, 'connect', 'Be a client that opens a session with a token; prints what it was given')
    .requiredOption('--session <id>', 'the session')
    .requiredOption('--token <token>', 'the connection token')
    .option('--client-address <address>', 'where the client says it is', '127.0.0.1')
    .action(async (options: SessionOptions & { readonly token: string; readonly clientAddress: string }) => {
      const { session, token, clientAddress } = options;
      await ask(options, { command: 'connect', session, token, clientAddress });
    });
  control(program, 'disconnect', 'Leave a session')
    .requiredOption('--session <id>', 'the session')
    .option('--connection <id>', 'only this connection (default: all of the session)', wholeNumber)
    .action(async (options: SessionOptions & { readonly connection?: number }) => {
      await ask(options, {
        command: 'disconnect',
        session: options.session,
        connection: options.connection ?? null,
      });
    });
}

interface FaultOptions {
  readonly stateDir: string;
  readonly command: string;
  readonly kind: FaultKind;
  readonly delayMs: number;
  readonly times?: number;
}

function addAccidents(program: Command): void {
  control(program, 'vanish', 'Let a session disappear, as if its user had logged out')
    .requiredOption('--session <id>', 'the session')
    .action(async (options: SessionOptions) => {
      await ask(options, { command: 'vanish', session: options.session });
    });
  control(program, 'restart', 'Lose all sessions and be away for a moment, as in a restart of the DCV server')
    .option('--down-ms <ms>', 'how long it is away', wholeNumber, DEFAULT_DOWN_MS)
    .action(async (options: { readonly stateDir: string; readonly downMs: number }) => {
      await ask(options, { command: 'restart', downMs: options.downMs });
    });
  control(program, 'fault', 'Let calls of the dcv command go wrong')
    .requiredOption('--command <name>', 'the dcv command, or all')
    .addOption(
      new Option('--kind <kind>', 'what goes wrong; none ends it').choices(FAULT_KINDS).makeOptionMandatory(),
    )
    .option('--delay-ms <ms>', 'how late a slow answer comes', wholeNumber, DEFAULT_DELAY_MS)
    .option('--times <number>', 'for how many calls (default: all)', wholeNumber)
    .action(async (options: FaultOptions) => {
      const { command: of, kind, delayMs, times = null } = options;
      await ask(options, { command: 'fault', of, kind, delayMs, times });
    });
}

function control(program: Command, name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .requiredOption('--state-dir <folder>', 'the folder of the running server');
}

async function ask({ stateDir }: { readonly stateDir: string }, request: ControlRequest): Promise<void> {
  const answer = await callDaemon(stateDir, request);
  if (answer.kind === 'refused') throw new Refusal(answer.message);
  if (answer.kind === 'done' && answer.value !== null)
    process.stdout.write(`${JSON.stringify(answer.value)}\n`);
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

/** What a person at the terminal reads when the program fails. */
export function failureText(cause: unknown): string {
  if (cause instanceof Unreachable) return `Could not connect to the desktop server: ${cause.message}`;
  return cause instanceof Error ? cause.message : String(cause);
}

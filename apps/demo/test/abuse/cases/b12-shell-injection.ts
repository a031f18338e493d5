import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import type { Outcome } from '@dcvsm/protocol';
import fc from 'fast-check';
import { renderInitScript } from '../../../../agent/src/work/init-script.js';
import { TestBroker, TLS_FOLDER } from '../../../../agent/test/test-broker.js';
import { howMany, none, Tally, type Abuse, type Finding, type Form } from '../abuse-case.js';

const AGENT = resolve(__dirname, '../../../../agent/dist/main.js');
/** In every hostile text, so that it can be found again in what was executed. */
const MARK = 'INJ';
const SHELLS = ['sh', 'bash', 'dash', 'ash', 'ksh', 'zsh', 'busybox', 'env'];

/** Keeps each argument as it came, one file for each call, with nothing but what the shell has built in. */
const RECORDER = `#!/bin/sh
for argument; do printf '%s\\037' "$argument"; done >"$HOME/call.$1.$$"
case $1 in
  list-*) echo '[]' ;;
  create-session) echo 'refused' >&2; exit 1 ;;
esac
`;

const CORES = [
  '; touch CANARY', '$(touch CANARY)', '`touch CANARY`', '| touch CANARY', '&& touch CANARY', '& touch CANARY &',
  "'; touch CANARY; '", '"; touch CANARY; "', '\\"; touch CANARY #', '${IFS}touch${IFS}CANARY', '\ntouch CANARY\n',
  '\r\ntouch CANARY', '> CANARY', '< /etc/passwd', '*', '?', '~root', '{a,b}', '[a-z]', '%s%n', '%PATH%', '!!',
  '--init /bin/sh', '--init=/bin/sh', '-x', '--', '--permissions-file=/etc/shadow', '\0--init', '\u2013-init', '－－init',
  '\u202e', '\\', "''", '""', "'", '"', '$HOME', '$(', '((', '#', '\u001b[2J', 'a'.repeat(900), ' ', '\t', '\u00a0-x',
]; // prettier-ignore

function hostileTexts(count: number, { seed }: Form): string[] {
  const text = fc
    .tuple(
      fc.constantFrom('', 'a', ' ', '-', '--', "'", '"', '\\'),
      fc.constantFrom(...CORES),
      fc.string({ maxLength: 6 }),
    )
    .map(([before, core, after]) => `${before}${core}${MARK}${after}`.toWellFormed());
  return [...CORES.map((core) => `${core}${MARK}`), ...fc.sample(text, { numRuns: count, seed })].slice(
    0,
    count,
  );
}

export const abuse: Abuse = async (form) => {
  const texts = hostileTexts(howMany(form, 600, 30), form);
  const folder = mkdtempSync(join(tmpdir(), 'dcvsm-inject-'));
  try {
    return [...(await throughTheAgent(folder, texts)), throughTheScript(folder, texts)];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** The built agent, under strace where there is one. */
async function throughTheAgent(folder: string, texts: readonly string[]): Promise<Finding[]> {
  const broker = await TestBroker.start({ heartbeatMs: 10_000 });
  const trace = join(folder, 'trace');
  const isTraced = spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0;
  const command = [process.execPath, AGENT, '--config', agentFiles(folder, broker.port)];
  const strace = ['strace', '-f', '-qq', '-e', 'trace=execve', '-s', '8192', '-o', trace];
  const [program = '', ...args] = isTraced ? [...strace, ...command] : command;
  const hello = broker.nextHello();
  // A group of its own: strace alone, told to end, would leave the agent running.
  const agent = spawn(program, args, {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: folder },
    stdio: 'ignore',
    detached: true,
  });
  const ended = new Promise((resolvePromise) => agent.once('exit', resolvePromise));
  const outcomes = new Tally();
  const wrong: string[] = [];
  try {
    await hello;
    for (const [index, text] of texts.entries()) {
      const problem = await argumentsProblem(broker, folder, { text, index });
      outcomes.add(problem.outcome);
      if (problem.words !== null) wrong.push(`${JSON.stringify(text)}: ${problem.words}`);
    }
  } finally {
    process.kill(-Number(agent.pid), 'SIGTERM');
    await ended;
    await broker.vanish();
  }
  const inputs = texts.length;
  return [
    none(
      'arguments of dcv create-session that are not exactly what was asked',
      inputs,
      wrong,
      outcomes.toString(),
    ),
    ...(isTraced ? [shells(readFileSync(trace, 'utf8'), inputs)] : []),
    none('commands carried out that were in a text', inputs, canaries(folder)),
  ];
}

function agentFiles(folder: string, port: number): string {
  for (const name of ['init', 'autorun', 'tags', 'data', 'log']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'dcv'), RECORDER);
  chmodSync(join(folder, 'dcv'), 0o755);
  const config = join(folder, 'agent.conf');
  const lines = [
    "version = '0.1'",
    '[agent]',
    "broker_host = 'localhost'",
    `broker_port = ${port}`,
    `ca_file = '${join(TLS_FOLDER, 'cert.pem')}'`,
    `dcv_root = '${join(folder, 'dcv')}'`,
    ...['init', 'autorun', 'tags', 'data'].map((name) => `${name}_folder = '${join(folder, name)}'`),
    '[log]',
    `directory = '${join(folder, 'log')}'`,
    '',
  ];
  writeFileSync(config, lines.join('\n'));
  return config;
}

interface Hostile {
  readonly text: string;
  readonly index: number;
}

/** Name, owner and storage root are all that text; nothing reaches DCV, or exactly that. */
async function argumentsProblem(
  broker: TestBroker,
  folder: string,
  { text, index }: Hostile,
): Promise<{ readonly outcome: string; readonly words: string | null }> {
  const sessionId = `${MARK}-${index}`;
  const outcome: Outcome = await broker.order(`c${index}`, {
    kind: 'create-session',
    sessionId,
    name: text,
    owner: text,
    type: 'VIRTUAL',
    storageRoot: text,
  });
  if (outcome.kind !== 'failed') return { outcome: outcome.kind, words: 'was created' };
  const calls = readdirSync(folder).filter((name) => name.startsWith('call.create-session'));
  const recorded = calls.map((name) => readFileSync(join(folder, name), 'utf8').split('\x1f').slice(0, -1));
  for (const name of calls) rmSync(join(folder, name));
  if (recorded.length === 0) return { outcome: 'refused', words: null };
  const values = ['--name', '--user', '--owner', '--storage-root'].flatMap((option) => [option, text]);
  const expected = ['create-session', '--type', 'virtual', ...values, sessionId];
  const isExact = JSON.stringify(recorded) === JSON.stringify([expected]);
  return { outcome: 'passed on', words: isExact ? null : JSON.stringify(recorded) };
}

/** What was executed with anything of a command in its arguments must have been dcv itself. */
function shells(trace: string, inputs: number): Finding {
  const executed = trace.split('\n').filter((line) => line.includes('execve(') && line.includes(MARK));
  const programs = new Tally();
  const wrong = executed.filter((line) => {
    const program = basename(/execve\("([^"]*)"/.exec(line)?.[1] ?? '');
    programs.add(program);
    return program !== 'dcv' || SHELLS.includes(program);
  });
  return none('shells or other programs started with a text (strace)', inputs, wrong, programs.toString());
}

/** AutorunFileArguments go through a script of ours, which a shell does read: all have to arrive as they are. */
function throughTheScript(folder: string, texts: readonly string[]): Finding {
  const program = join(folder, "it's a program");
  const record = join(folder, 'record');
  writeFileSync(program, `#!/bin/sh\nfor argument; do printf '%s\\0' "$argument"; done >'${record}'\n`);
  chmodSync(program, 0o755);
  const wrong: string[] = [];
  const usable = texts.filter((text) => !text.includes('\0'));
  for (let from = 0; from < usable.length; from += 50) {
    const autorunArguments = usable.slice(from, from + 50);
    const script = join(folder, 'init.sh');
    writeFileSync(script, renderInitScript({ autorunFile: program, autorunArguments, initFile: undefined }));
    spawnSync('/bin/sh', [script], { cwd: folder });
    const received = readFileSync(record, 'utf8').split('\0').slice(0, -1);
    if (JSON.stringify(received) !== JSON.stringify(autorunArguments)) wrong.push(JSON.stringify(received));
  }
  wrong.push(...canaries(folder));
  return none('AutorunFileArguments that do not arrive as they are', usable.length, wrong);
}

function canaries(folder: string): string[] {
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => name.includes('CANARY'));
}

import { writeFile } from 'node:fs/promises';
import { VERSION_TEXT } from '../about.js';
import { callDaemon, Unreachable } from '../wire/call.js';
import type { AnyCommand, Caller, Output } from './command.js';
import { COMMANDS } from './commands.js';
import { commandHelp, generalHelp, HELP_OPTION } from './help.js';
import { parseOptions } from './options.js';
import { UsageError } from './usage-error.js';

const FAILED = 1;
const WRONG_USAGE = 2;

export interface Surface extends Caller {
  readonly stateDir: string;
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
}

/** Runs one `dcv` command line and gives its exit code: 0, 1 if it failed, 2 if it was written wrongly. */
export async function runDcv(args: readonly string[], surface: Surface): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined) {
    surface.stderr(generalHelp(COMMANDS));
    return WRONG_USAGE;
  }
  const known = COMMANDS.find((own) => own.name === name);
  if (known) return runCommand(known, rest, surface);
  const text = answeredHere(name, rest);
  if (text === null) {
    surface.stderr(`dcv: unknown command '${name}'; 'dcv help' lists the commands\n`);
    return WRONG_USAGE;
  }
  surface.stdout(text);
  return 0;
}

/** What needs no daemon: version and help; null for an unknown command. */
function answeredHere(name: string, rest: readonly string[]): string | null {
  if (name === 'version' || name === '--version') return VERSION_TEXT;
  if (name !== 'help' && name !== '--help' && name !== '-h') return null;
  if (rest[0] === undefined) return generalHelp(COMMANDS);
  const about = COMMANDS.find((own) => own.name === rest[0]);
  return about ? commandHelp(about) : null;
}

async function runCommand(own: AnyCommand, args: readonly string[], surface: Surface): Promise<number> {
  try {
    const parsed = parseOptions([...own.options, HELP_OPTION], args);
    if (parsed.options.has('help')) {
      surface.stdout(commandHelp(own));
      return 0;
    }
    const answer = await own.run((request) => callDaemon(surface.stateDir, request), parsed, surface);
    if (answer.kind === 'refused') {
      surface.stderr(`Could not ${own.name.replaceAll('-', ' ')}: ${answer.message}\n`);
      return FAILED;
    }
    if (answer.kind === 'raw') surface.stdout(answer.stdout);
    else await put(answer.value, surface);
    return 0;
  } catch (cause) {
    if (cause instanceof UsageError) {
      surface.stderr(`dcv ${own.name}: ${cause.message}\n`);
      return WRONG_USAGE;
    }
    const problem = cause instanceof Error ? cause.message : String(cause);
    const isAbsent = cause instanceof Unreachable;
    surface.stderr(
      isAbsent ? `Could not connect to the DCV server: ${problem}\n` : `dcv ${own.name}: ${problem}\n`,
    );
    return FAILED;
  }
}

async function put(output: Output, surface: Surface): Promise<void> {
  if (output.kind === 'text') surface.stdout(output.text);
  else await writeFile(output.path, output.content);
}

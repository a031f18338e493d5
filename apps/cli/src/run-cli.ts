import { ApiError, NetworkError } from '@dcvsm/client';
import { CommanderError } from 'commander';
import type { CliContext } from './cli-context.js';
import { CliError, EXIT, type ExitCode } from './exit-codes.js';
import { cliProgram } from './program.js';
import { declaredSpelling } from './spelling.js';

/** Runs one command. Resolves with the exit code; everything that people can mend was told on the standard error. */
export async function runCli(args: readonly string[], context: CliContext): Promise<ExitCode> {
  const program = cliProgram(context);
  const names = program.commands.map((command) => command.name());
  try {
    await program.parseAsync(declaredSpelling(args, names), { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    if (context.interrupted.aborted) return EXIT.interrupted;
    if (error instanceof CommanderError) return exitCodeOf(error);
    const told = explain(error);
    if (told === null) throw error;
    context.stderr.write(`dcvsm: ${told.message}\n`);
    return told.exitCode;
  }
}

/** The parser has told the rest itself. */
function exitCodeOf({ code }: CommanderError): ExitCode {
  switch (code) {
    case 'commander.helpDisplayed':
    case 'commander.version':
      return EXIT.ok;
    case 'commander.unknownOption':
    case 'commander.invalidArgument':
      return EXIT.badValue;
    default:
      return EXIT.commandLine;
  }
}

/** null: a bug. */
function explain(error: unknown): { readonly exitCode: ExitCode; readonly message: string } | null {
  if (error instanceof CliError) return error;
  if (error instanceof ApiError) {
    const { operation, status, message } = error;
    return { exitCode: EXIT.service, message: `${operation} was answered with ${status}: ${message}` };
  }
  if (error instanceof NetworkError)
    return { exitCode: EXIT.other, message: `${error.message}${hint(error)}` };
  if (error instanceof TypeError && error.message.includes('must not be')) {
    return { exitCode: EXIT.badValue, message: error.message };
  }
  return null;
}

function hint({ message }: NetworkError): string {
  return /certificate|issuer|altnames|self.signed/i.test(message)
    ? '; give the CA of the broker with --ca-bundle, by the name that its certificate has'
    : '';
}

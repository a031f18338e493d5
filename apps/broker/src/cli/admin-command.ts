import { InvalidArgumentError, type Command } from 'commander';
import { AdminError, type AdminAddress } from '../admin/admin-client.js';
import { askBroker } from './ask-broker.js';
import type { CliContext } from './cli-context.js';
import { readConfigOrExit } from './read-config-or-exit.js';
import { addSubcommand, type AboutSubcommand } from './subcommand.js';

/** The options of every command that asks the running broker. */
export interface AdminOptions {
  readonly config: string;
  readonly wait: number;
}

/**
 * Adds a subcommand that asks the running broker. Give it its own options and an action that calls `runAdmin`:
 * ```ts
 * addAdminCommand(program, { name: 'unregister-thing', description: '…', example: '--id ID' })
 *   .requiredOption('--id <id>', 'id of the thing')
 *   .action((options: AdminOptions & { id: string }) =>
 *     runAdmin(context, options, (broker) => unregisterThing(broker, options.id)),
 *   );
 * ```
 */
export function addAdminCommand(program: Command, about: AboutSubcommand): Command {
  return addSubcommand(program, about).option(
    '--wait <seconds>',
    'how long to wait for a broker that is starting',
    readSeconds,
    0,
  );
}

/**
 * Runs an admin command against the running broker and prints what it resolves with. What goes wrong is told on the
 * standard error, and the exit code is 1.
 */
export async function runAdmin(
  context: CliContext,
  options: AdminOptions,
  command: (broker: AdminAddress) => Promise<string>,
): Promise<void> {
  await orFail(async () => {
    const { config } = readConfigOrExit(options.config);
    process.stdout.write(await askBroker(context.clock, config, options.wait, command));
  });
}

/** Does `work`; an error that is for the operator is told on the standard error, and the exit code is 1. */
export async function orFail(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof AdminError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}

function readSeconds(text: string): number {
  const seconds = Number(text);
  if (text.trim() === '' || !(seconds >= 0 && seconds <= 3600)) {
    throw new InvalidArgumentError('give a number of seconds from 0 to 3600');
  }
  return seconds;
}

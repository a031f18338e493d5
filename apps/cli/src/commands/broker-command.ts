import type { OperationId, ResponseOf } from '@dcvsm/protocol';
import type { Command } from 'commander';
import type { CliContext } from '../cli-context.js';
import { addHiddenCommonOptions, commonOptionsOf } from '../common-options.js';
import type { Broker } from '../connect/broker.js';
import { CliError, EXIT } from '../exit-codes.js';
import { printAnswer } from '../output/print.js';
import { readSettings } from '../settings/settings.js';

export interface AboutCommand {
  readonly name: string;
  /** One sentence, shown in the list of commands. */
  readonly description: string;
  /** What follows the name in the example of `--help`. */
  readonly example: string;
}

/** Adds a command that talks to the broker. Its action calls `withBroker`. */
export function addBrokerCommand(program: Command, about: AboutCommand): Command {
  const command = program
    .command(about.name)
    .description(about.description)
    .helpOption('-h, --help', 'show this help')
    .addHelpText('after', `\nExample:\n  dcvsm ${`${about.name} ${about.example}`.trimEnd()}`);
  addHiddenCommonOptions(command);
  return command;
}

/** Opens what the settings describe for the time of `work`. @rejects CliError, and what the client rejects with */
export async function withBroker(
  context: CliContext,
  command: Command,
  work: (broker: Broker) => Promise<void>,
): Promise<void> {
  const settings = readSettings(context, commonOptionsOf(command));
  // Loaded only here, so that --help and mistakes are answered sooner.
  const { openBroker } = await import('../connect/open-broker.js');
  const { broker, close } = openBroker(context, settings);
  try {
    await work(broker);
  } finally {
    await close();
  }
}

/** Prints an answer. @throws CliError when something was refused and the caller is strict about it */
export function answer<Id extends OperationId>(broker: Broker, id: Id, response: ResponseOf<Id>): void {
  printAnswer(broker, id, response);
  const refused = 'UnsuccessfulList' in response ? response.UnsuccessfulList.length : 0;
  if (broker.settings.strict && refused > 0) {
    throw new CliError(EXIT.service, `${refused} of the entries ${refused === 1 ? 'was' : 'were'} refused`);
  }
}

import type { Command } from 'commander';
import { DEFAULT_CONFIG } from './read-config-or-exit.js';

export interface AboutSubcommand {
  readonly name: string;
  /** One sentence, shown in the list of commands. */
  readonly description: string;
  /** What follows the name in the example of `--help`; empty when it needs no options. */
  readonly example: string;
}

/** Adds a subcommand that reads the broker's configuration, with an example in its help. */
export function addSubcommand(program: Command, about: AboutSubcommand): Command {
  const example = `dcv-session-manager-broker ${about.name} ${about.example}`.trimEnd();
  return program
    .command(about.name)
    .description(about.description)
    .option('--config <file>', 'configuration file', DEFAULT_CONFIG)
    .addHelpText('after', `\nExample:\n  sudo ${example}`);
}

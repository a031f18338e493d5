import { Argument, type Command } from 'commander';
import type { CliContext } from '../cli-context.js';
import { bashCompletion } from '../completion/bash.js';
import { fishCompletion } from '../completion/fish.js';
import { outlineOf } from '../completion/outline.js';
import { zshCompletion } from '../completion/zsh.js';

const SHELLS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;

export function addCompletion(program: Command, context: CliContext): void {
  program
    .command('completion')
    .description('Print what makes a shell complete commands and options.')
    .helpOption('-h, --help', 'show this help')
    .addArgument(new Argument('<shell>', 'bash, zsh or fish').choices(Object.keys(SHELLS)))
    .addHelpText('after', '\nExample:\n  source <(dcvsm completion bash)')
    .action((shell: keyof typeof SHELLS) => {
      context.stdout.write(SHELLS[shell](outlineOf(program)));
    });
}

import type { Command } from 'commander';
import type { CliContext } from '../cli-context.js';
import { wholeNumber } from '../values.js';
import { addBrokerCommand, withBroker } from './broker-command.js';

interface Options {
  readonly owner?: string;
  readonly interval: number;
  readonly times?: number;
}

export function addWatch(program: Command, context: CliContext): void {
  addBrokerCommand(program, {
    name: 'watch',
    description: 'Watch servers and sessions live; without a terminal, print a line for each change.',
    example: '--interval 5',
  })
    .option('--owner <user>', 'only sessions of this owner')
    .option('--interval <seconds>', 'how long between two looks', wholeNumber(1, 3600), 2)
    .option('--times <number>', 'end after so many looks', wholeNumber(1))
    .action(({ owner, interval, times = Infinity }: Options, command: Command) =>
      withBroker(context, command, async (broker) => {
        const { watchLines, watchScreen } = await import('../watch/watch.js');
        const watch = context.stdout.isTTY ? watchScreen : watchLines;
        await watch(broker, { owner, intervalMs: interval * 1000, times });
      }),
    );
}

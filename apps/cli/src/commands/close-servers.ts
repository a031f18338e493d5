import type { Command } from 'commander';
import type { CliContext } from '../cli-context.js';
import { readList, readSwitch } from '../values.js';
import { addBrokerCommand, answer, withBroker } from './broker-command.js';

interface Options {
  readonly serverIds: string[];
  readonly force?: boolean;
}

export function addCloseServers(program: Command, context: CliContext): void {
  addBrokerCommand(program, {
    name: 'close-servers',
    description: 'Keep new sessions away from servers; what runs there goes on.',
    example: '--server-ids "server-1,server-2"',
  })
    .requiredOption('--server-ids <list>', 'ids of servers, with commas between', readList)
    .option('--force [true|false]', 'also servers with sessions', readSwitch)
    .action(({ serverIds, force }: Options, command: Command) =>
      withBroker(context, command, async (broker) => {
        const request = serverIds.map((ServerId) => ({ ServerId, Force: force }));
        answer(broker, 'closeServers', await broker.client.closeServers(request, broker.call));
      }),
    );
}

import type { Command } from 'commander';
import type { CliContext } from '../cli-context.js';
import { readList } from '../values.js';
import { addBrokerCommand, answer, withBroker } from './broker-command.js';

export function addOpenServers(program: Command, context: CliContext): void {
  addBrokerCommand(program, {
    name: 'open-servers',
    description: 'Let servers take new sessions.',
    example: '--server-ids "server-1,server-2"',
  })
    .requiredOption('--server-ids <list>', 'ids of servers, with commas between', readList)
    .action(({ serverIds }: { serverIds: string[] }, command: Command) =>
      withBroker(context, command, async (broker) => {
        const request = serverIds.map((ServerId) => ({ ServerId }));
        answer(broker, 'openServers', await broker.client.openServers(request, broker.call));
      }),
    );
}

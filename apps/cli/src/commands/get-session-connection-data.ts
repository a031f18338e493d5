import type { Command } from 'commander';
import type { CliContext } from '../cli-context.js';
import { addBrokerCommand, answer, withBroker } from './broker-command.js';

interface Options {
  readonly sessionId: string;
  readonly user: string;
}

export function addGetSessionConnectionData(program: Command, context: CliContext): void {
  addBrokerCommand(program, {
    name: 'get-session-connection-data',
    description: 'Show what a user needs to connect to a session: its server and a connection token.',
    example: '--session-id 33b3f9e1-d40c-47b6-9294-5c4c53fcf177 --user alice',
  })
    .requiredOption('--session-id <id>', 'id of the session')
    .requiredOption('--user <user>', 'who will connect')
    .action(({ sessionId, user }: Options, command: Command) =>
      withBroker(context, command, async (broker) => {
        const data = await broker.client.GetSessionConnectionData({ sessionId, user }, broker.call);
        answer(broker, 'GetSessionConnectionData', data);
      }),
    );
}

import type { Command } from 'commander';
import type { CliContext } from '../cli-context.js';
import { readSwitch } from '../values.js';
import { addBrokerCommand, answer, withBroker } from './broker-command.js';

interface Options {
  readonly sessionId: string;
  readonly owner: string;
  readonly force?: boolean;
}

export function addDeleteSession(program: Command, context: CliContext): void {
  addBrokerCommand(program, {
    name: 'delete-session',
    description: 'Delete a session.',
    example: '--session-id 33b3f9e1-d40c-47b6-9294-5c4c53fcf177 --owner alice',
  })
    .requiredOption('--session-id <id>', 'id of the session')
    .requiredOption('--owner <user>', 'its owner')
    .option('--force [true|false]', 'forget it also when its server does not answer', readSwitch)
    .action(({ sessionId, owner, force }: Options, command: Command) =>
      withBroker(context, command, async (broker) => {
        const request = [{ SessionId: sessionId, Owner: owner, Force: force }];
        answer(broker, 'deleteSessions', await broker.client.deleteSessions(request, broker.call));
      }),
    );
}

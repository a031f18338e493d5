import type { Command } from 'commander';
import type { CliContext } from '../cli-context.js';
import { readPermissions } from '../permissions-file.js';
import { addBrokerCommand, answer, withBroker } from './broker-command.js';

interface Options {
  readonly sessionId: string;
  readonly owner: string;
  readonly permissionFile: string;
}

export function addUpdateSessionPermissions(program: Command, context: CliContext): void {
  addBrokerCommand(program, {
    name: 'update-session-permissions',
    description: 'Replace the permissions of a session.',
    example: '--session-id 33b3f9e1-d40c-47b6-9294-5c4c53fcf177 --owner alice --permission-file guests.perm',
  })
    .requiredOption('--session-id <id>', 'id of the session')
    .requiredOption('--owner <user>', 'its owner')
    .requiredOption('--permission-file <file>', 'the new permissions; also --permissions-file')
    .action(({ sessionId, owner, permissionFile }: Options, command: Command) =>
      withBroker(context, command, async (broker) => {
        const permissions = readPermissions('--permission-file', permissionFile, context.workingFolder);
        const request = [{ SessionId: sessionId, Owner: owner, PermissionsFile: permissions }];
        const changed = await broker.client.updateSessionPermissions(request, broker.call);
        answer(broker, 'updateSessionPermissions', changed);
      }),
    );
}

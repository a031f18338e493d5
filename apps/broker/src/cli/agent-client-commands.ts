import type { Command } from 'commander';
import { describeAgentClients, unregisterAgentClient } from '../admin/agent-client-commands.js';
import { addAdminCommand, runAdmin, type AdminOptions } from './admin-command.js';
import type { CliContext } from './cli-context.js';

export function addAgentClientCommands(program: Command, context: CliContext): void {
  addAdminCommand(program, {
    name: 'describe-agent-clients',
    description: 'List the agents that registered, active or not.',
    example: '',
  }).action((options: AdminOptions) => runAdmin(context, options, describeAgentClients));

  addAdminCommand(program, {
    name: 'unregister-agent-client',
    description: 'Turn an agent away; its link is cut at once, and it stays out.',
    example: '--client-id 3c27ef5a-1b0e-4c6c-9c9f-2d1b7a7c1234',
  })
    .requiredOption('--client-id <id>', 'id of the agent client')
    .action((options: AdminOptions & { clientId: string }) =>
      runAdmin(context, options, (broker) => unregisterAgentClient(broker, options.clientId)),
    );
}

import type { Command } from 'commander';
import { renewAuthServerApiKey } from '../admin/signing-key-commands.js';
import { addAdminCommand, runAdmin, type AdminOptions } from './admin-command.js';
import type { CliContext } from './cli-context.js';

export function addSigningKeyCommands(program: Command, context: CliContext): void {
  addAdminCommand(program, {
    name: 'renew-auth-server-api-key',
    description: "Sign API clients' tokens with a new key; those already issued live out their hour.",
    example: '--revoke',
  })
    .option('--revoke', 'let tokens of the former keys stop working at once', false)
    .action((options: AdminOptions & { revoke: boolean }) =>
      runAdmin(context, options, (broker) => renewAuthServerApiKey(broker, options)),
    );
}

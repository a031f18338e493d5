import type { Command } from 'commander';
import {
  describeDnsMappings,
  registerDnsMappings,
  unregisterDnsMapping,
} from '../admin/dns-mapping-commands.js';
import { addAdminCommand, runAdmin, type AdminOptions } from './admin-command.js';
import type { CliContext } from './cli-context.js';

export function addDnsMappingCommands(program: Command, context: CliContext): void {
  addAdminCommand(program, {
    name: 'register-server-dns-mappings',
    description: 'Register the DNS names under which gateways reach servers.',
    example: '--file-path /tmp/mappings.json',
  })
    // The guide once spells it so.
    .alias('register-server-dns-mapping')
    .requiredOption('--file-path <file>', 'JSON list of mappings')
    .option('--replace', 'forget all other mappings', false)
    .action((options: AdminOptions & { filePath: string; replace: boolean }) =>
      runAdmin(context, options, (broker) =>
        registerDnsMappings(broker, { file: options.filePath, replace: options.replace }),
      ),
    );

  addAdminCommand(program, {
    name: 'describe-server-dns-mappings',
    description: 'List the DNS mappings.',
    example: '',
  })
    .alias('describe-server-dns-mapping')
    .action((options: AdminOptions) => runAdmin(context, options, describeDnsMappings));

  addAdminCommand(program, {
    name: 'unregister-server-dns-mapping',
    description: 'Forget the DNS mapping of one server.',
    example: '--server-id-type Ip --server-id 10.0.0.1',
  })
    .requiredOption('--server-id-type <type>', 'Ip, Id or Host.Aws.Ec2InstanceId')
    .requiredOption('--server-id <id>', 'as in the mapping')
    .action((options: AdminOptions & { serverIdType: string; serverId: string }) =>
      runAdmin(context, options, (broker) =>
        unregisterDnsMapping(broker, { type: options.serverIdType, id: options.serverId }),
      ),
    );
}

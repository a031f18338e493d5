import { InvalidArgumentError, type Command } from 'commander';
import { describeApiClients, registerApiClient, unregisterApiClient } from '../admin/api-client-commands.js';
import type { LimitsRequest } from '../admin/api-client-limits.js';
import { addAdminCommand, runAdmin, type AdminOptions } from './admin-command.js';
import type { CliContext } from './cli-context.js';

interface RegisterOptions extends AdminOptions {
  readonly clientName?: string;
  readonly name?: string;
  readonly scope?: string;
  readonly owner?: string[];
  readonly tag?: string[];
  readonly expiresInDays?: number;
}

/** The broker checks them: what is no scope is refused there, with the words for it. */
function limitsOf({ scope, owner, tag, expiresInDays }: RegisterOptions): LimitsRequest {
  return {
    ...(scope !== undefined && {
      scopes: scope.split(',').map((name) => name.trim()) as LimitsRequest['scopes'],
    }),
    ...(owner !== undefined && { owners: owner }),
    ...(tag !== undefined && { tags: tag }),
    ...(expiresInDays !== undefined && { expiresInDays }),
  };
}

const collect = (value: string, before: string[] = []): string[] => [...before, value];

function readDays(text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new InvalidArgumentError('give a whole number of days');
  return Number(text);
}

export function addApiClientCommands(program: Command, context: CliContext): void {
  addAdminCommand(program, {
    name: 'register-api-client',
    description: 'Register an API client and print its id and password, once.',
    example: '--client-name portal',
  })
    .option('-c, --client-name <name>', 'name of the client, unique; also -cn')
    .option('--name <name>', 'the same')
    .option('--scope <list>', 'read, operate, administer, or some of them with commas between; absent: all')
    .option('--owner <name>', 'only sessions of this owner; repeatable', collect)
    .option(
      '--tag <key=value>',
      'only servers with this tag and what is on them; repeatable: all of them',
      collect,
    )
    .option('--expires-in-days <number>', 'when it stops working; absent: never', readDays)
    .action((options: RegisterOptions, command: Command) => {
      const name = options.clientName ?? options.name;
      if (name === undefined) command.error("error: required option '--client-name <name>' not specified");
      return runAdmin(context, options, (broker) => registerApiClient(broker, name, limitsOf(options)));
    });

  addAdminCommand(program, {
    name: 'describe-api-clients',
    description: 'List the API clients, active or not.',
    example: '',
  })
    .option('--details', 'also their limits', false)
    .action((options: AdminOptions & { details: boolean }) =>
      runAdmin(context, options, (broker) => describeApiClients(broker, options)),
    );

  addAdminCommand(program, {
    name: 'unregister-api-client',
    description: 'Deactivate an API client; its tokens stop working at once.',
    example: '--client-id f855b54b-40d4-4769-b792-b7271234abcd',
  })
    .requiredOption('--client-id <id>', 'id of the client')
    .action((options: AdminOptions & { clientId: string }) =>
      runAdmin(context, options, (broker) => unregisterApiClient(broker, options.clientId)),
    );
}

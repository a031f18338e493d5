import { Command } from 'commander';
import { addAgentClientCommands } from './agent-client-commands.js';
import { addApiClientCommands } from './api-client-commands.js';
import { addAuditCommand } from './audit-commands.js';
import { addAuthServerCommands } from './auth-server-commands.js';
import type { CliContext } from './cli-context.js';
import { addDnsMappingCommands } from './dns-mapping-commands.js';
import { addDoctorCommand } from './doctor-command.js';
import { addGatewayCertificatesCommand } from './gateway-certificates-command.js';
import { addMigrateStoreCommand } from './migrate-store-command.js';
import { addServeCommand } from './serve-command.js';
import { addSigningKeyCommands } from './signing-key-commands.js';
import { addStatusCommand } from './status-command.js';
import { addSoftwareStatementCommands } from './software-statement-commands.js';

interface Group {
  readonly title: string;
  /** Each adds the subcommands of one subject. */
  readonly subjects: readonly ((program: Command, context: CliContext) => void)[];
}

/** The subcommands in the order of `--help`. */
const GROUPS: readonly Group[] = [
  { title: 'The broker:', subjects: [addServeCommand, addStatusCommand, addDoctorCommand, addAuditCommand] },
  {
    title: 'API clients and their tokens:',
    subjects: [addApiClientCommands, addSigningKeyCommands, addAuthServerCommands],
  },
  { title: 'Agents:', subjects: [addSoftwareStatementCommands, addAgentClientCommands] },
  { title: 'The store:', subjects: [addMigrateStoreCommand] },
  { title: 'Gateways:', subjects: [addDnsMappingCommands, addGatewayCertificatesCommand] },
];

export function brokerProgram(context: CliContext): Command {
  const program = new Command('dcv-session-manager-broker')
    .description('Open DCV Session Manager broker. Not affiliated with Amazon.')
    .version(context.version)
    .showHelpAfterError('(add --help for the options and an example)')
    .enablePositionalOptions()
    // Names alone: with options and aliases there is no room beside them for what they do.
    .configureHelp({ subcommandTerm: (command) => command.name() });
  for (const { title, subjects } of GROUPS) {
    program.commandsGroup(title);
    for (const addCommands of subjects) addCommands(program, context);
  }
  return program;
}

/** The original's short option has two letters, which option parsers read as two options. */
export function originalSpelling(argv: readonly string[]): string[] {
  return argv.map((argument) => (argument === '-cn' ? '--client-name' : argument));
}

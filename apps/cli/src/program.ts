import { Command, type Option } from 'commander';
import type { CliContext } from './cli-context.js';
import { addCompletion } from './commands/completion.js';
import { addCloseServers } from './commands/close-servers.js';
import { addConnect } from './commands/connect.js';
import { addCreateSession } from './commands/create-session.js';
import { addCreateSessions } from './commands/create-sessions.js';
import { addDeleteSession } from './commands/delete-session.js';
import { addDescribeServers } from './commands/describe-servers.js';
import { addDescribeSessions } from './commands/describe-sessions.js';
import { addGetSessionConnectionData } from './commands/get-session-connection-data.js';
import { addGetSessionScreenshots } from './commands/get-session-screenshots.js';
import { addOpenServers } from './commands/open-servers.js';
import { addUpdateSessionPermissions } from './commands/update-session-permissions.js';
import { addWaitSession } from './commands/wait-session.js';
import { addWatch } from './commands/watch.js';
import { addCommonOptions } from './common-options.js';

type AddCommand = (program: Command, context: CliContext) => void;

/** The commands in the order of `--help`. */
const GROUPS: readonly { readonly title: string; readonly commands: readonly AddCommand[] }[] = [
  {
    title: 'Sessions:',
    commands: [
      addCreateSession,
      addCreateSessions,
      addDescribeSessions,
      addWaitSession,
      addDeleteSession,
      addUpdateSessionPermissions,
      addGetSessionScreenshots,
    ],
  },
  { title: 'Connecting:', commands: [addConnect, addGetSessionConnectionData] },
  { title: 'Servers:', commands: [addDescribeServers, addOpenServers, addCloseServers] },
  { title: 'For people at a terminal:', commands: [addWatch, addCompletion] },
];

const ENVIRONMENT = `
Environment:
  DCV_SM_CLIENT_ID, DCV_SM_CLIENT_PASSWORD   who calls
  DCV_SM_OAUTH2_TOKEN                        an access token to use instead of them
  DCV_SM_AUTH_SERVER_URL                     URL that gives access tokens

Options of this list may stand before the command or behind it.`;

export function cliProgram(context: CliContext): Command {
  const program = new Command('dcvsm')
    .description('Sessions and servers of a DCV Session Manager broker. Not affiliated with Amazon.')
    .usage('[options] command [args]')
    .version(context.version, '--version', 'show the version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand(false)
    .enablePositionalOptions()
    .showHelpAfterError('(add --help for the options and an example)')
    .configureHelp({
      subcommandTerm: (command) => command.name(),
      optionDescription: (option) => `${option.description}${aboutValue(option)}`,
    })
    .configureOutput({
      writeOut: (text) => context.stdout.write(text),
      writeErr: (text) => context.stderr.write(text),
    })
    .exitOverride()
    .addHelpText('after', ENVIRONMENT);
  addCommonOptions(program);
  for (const { title, commands } of GROUPS) {
    program.commandsGroup(title);
    for (const add of commands) add(program, context);
  }
  return program;
}

function aboutValue({ mandatory, defaultValue }: Option): string {
  if (typeof defaultValue === 'string' || typeof defaultValue === 'number')
    return ` (default: ${defaultValue})`;
  return mandatory ? ' (required)' : '';
}

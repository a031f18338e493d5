import type { Command } from 'commander';
import type { SessionType } from '@dcvsm/protocol';
import type { CliContext } from '../cli-context.js';
import { readPermissions } from '../permissions-file.js';
import { splitArguments } from '../split-arguments.js';
import { oneOf, readSwitch, wholeNumber } from '../values.js';
import { addBrokerCommand, answer, withBroker } from './broker-command.js';

interface Options {
  readonly name: string;
  readonly owner: string;
  readonly type: SessionType;
  readonly initFilePath?: string;
  readonly autorunFile?: string;
  readonly autorunFileArguments?: string[];
  readonly maxConcurrentClients?: number;
  readonly dcvGlEnabled?: boolean;
  readonly permissionsFile?: string;
  readonly requirements?: string;
  readonly storageRoot?: string;
  readonly enqueueRequest?: boolean;
  readonly disableRetryOnFailure?: true;
}

export function addCreateSession(program: Command, context: CliContext): void {
  addBrokerCommand(program, {
    name: 'create-session',
    description: 'Create a session on a server that the broker chooses.',
    example: `--name work --owner alice --type Virtual --requirements "tag:color = 'pink'"`,
  })
    .requiredOption('--name <name>', 'name of the session')
    .requiredOption('--owner <user>', 'who owns it')
    .requiredOption('--type <type>', 'Console or Virtual', oneOf(['CONSOLE', 'VIRTUAL']))
    .option('--init-file-path <path>', "script that starts the desktop, below the agent's init folder")
    .option('--autorun-file <path>', "program to run in the session, below the agent's autorun folder")
    .option('--autorun-file-arguments <text>', 'its arguments; quotes keep blanks together', splitArguments)
    .option('--max-concurrent-clients <number>', 'how many may be connected, 1 to 100', wholeNumber(1, 100))
    .option('--dcv-gl-enabled [true|false]', 'accelerated OpenGL in a virtual session', readSwitch)
    .option('--permissions-file <file>', 'permissions of the session: a file, or its text in base64')
    .option('--requirements <expression>', 'what the server has to be like')
    .option('--storage-root <path>', "folder for the users' files")
    .option('--enqueue-request [true|false]', 'wait if no server has room now', readSwitch)
    .option('--disable-retry-on-failure', 'do not try another server when the first fails')
    .action((options: Options, command: Command) =>
      withBroker(context, command, async (broker) => {
        const request = [toEntry(options, context.workingFolder)];
        answer(broker, 'createSessions', await broker.client.createSessions(request, broker.call));
      }),
    );
}

function toEntry(options: Options, folder: string) {
  const { permissionsFile } = options;
  return {
    Name: options.name,
    Owner: options.owner,
    Type: options.type,
    InitFilePath: options.initFilePath,
    AutorunFile: options.autorunFile,
    AutorunFileArguments: options.autorunFileArguments,
    MaxConcurrentClients: options.maxConcurrentClients,
    DcvGlEnabled: options.dcvGlEnabled,
    PermissionsFile:
      permissionsFile === undefined
        ? undefined
        : readPermissions('--permissions-file', permissionsFile, folder),
    Requirements: options.requirements,
    StorageRoot: options.storageRoot,
    EnqueueRequest: options.enqueueRequest,
    DisableRetryOnFailure: options.disableRetryOnFailure,
  };
}

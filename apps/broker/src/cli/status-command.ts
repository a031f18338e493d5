import type { Command } from 'commander';
import { readStatus } from '../admin/status-commands.js';
import { addAdminCommand, orFail, type AdminOptions } from './admin-command.js';
import { askBroker } from './ask-broker.js';
import type { CliContext } from './cli-context.js';
import { readConfigOrExit } from './read-config-or-exit.js';
import { statusText } from './status-text.js';
import { styleFor } from './text/style.js';

/** Exit code for monitoring; 1 is that of every command that fails, here: no broker runs. */
const NEEDS_A_LOOK = 2;
const TITLE_COLUMNS = 16;

export function addStatusCommand(program: Command, context: CliContext): void {
  addAdminCommand(program, {
    name: 'status',
    description: 'Show how the running broker is; exit code 0: healthy, 1: it does not run, 2: needs a look.',
    example: '--json',
  })
    .option('--json', 'as JSON')
    .action((options: StatusOptions) => showStatus(context, options));
}

interface StatusOptions extends AdminOptions {
  readonly json?: true;
}

async function showStatus(context: CliContext, options: StatusOptions): Promise<void> {
  await orFail(async () => {
    const { config } = readConfigOrExit(options.config);
    const status = await askBroker(context.clock, config, options.wait, readStatus);
    const text = options.json
      ? `${JSON.stringify(status, null, 2)}\n`
      : statusText(status, styleFor(process, TITLE_COLUMNS));
    process.stdout.write(text);
    if (status.problems.length > 0) process.exitCode = NEEDS_A_LOOK;
  });
}

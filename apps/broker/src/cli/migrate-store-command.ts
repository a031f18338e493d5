import type { Command } from 'commander';
import { AdminError } from '../admin/admin-client.js';
import { moveStore, type Moved } from '../store/move-store.js';
import { isStoreError } from '../store/store-error.js';
import { orFail } from './admin-command.js';
import type { CliContext } from './cli-context.js';
import { openNamedStore, STORE_FORMS } from './open-store.js';
import { readConfigOrExit } from './read-config-or-exit.js';
import { addSubcommand } from './subcommand.js';

interface Options {
  readonly config: string;
  readonly from: string;
  readonly to: string;
  readonly force?: true;
}

/** Between two lines about the progress. */
const PROGRESS_MS = 1000;

export function addMigrateStoreCommand(program: Command, { clock }: CliContext): void {
  addSubcommand(program, {
    name: 'migrate-store',
    description:
      'Move all state from one store to another, while no broker runs, and prove it by reading both.',
    example: '--from sqlite:/var/lib/dcvsmbroker/broker.db --to configured',
  })
    .requiredOption('--from <store>', STORE_FORMS)
    .requiredOption('--to <store>', 'the same; made if it is missing')
    .option('--force', 'remove what the target has')
    .action((options: Options) =>
      orFail(async () => {
        const { config } = readConfigOrExit(options.config);
        const source = { config, clock, mustExist: true };
        const from = await forOperator(openNamedStore(options.from, source));
        try {
          const to = await forOperator(openNamedStore(options.to, { ...source, mustExist: false }));
          try {
            const replaces = options.force === true;
            const moved = await forOperator(
              moveStore({ from, to, replaces, onProgress: progressTo(process.stderr, clock) }),
            );
            process.stdout.write(wordsFor(moved));
          } finally {
            await to.close();
          }
        } finally {
          await from.close();
        }
      }),
    );
}

/** What a store says of itself is for the operator. */
async function forOperator<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw isStoreError(error) ? new AdminError(error.message, { cause: error }) : error;
  }
}

function progressTo(output: { write(text: string): unknown }, clock: CliContext['clock']) {
  let saidAtMs = clock.monotonicMs();
  return (stored: number, total: number): void => {
    if (clock.monotonicMs() - saidAtMs < PROGRESS_MS) return;
    saidAtMs = clock.monotonicMs();
    output.write(`${stored} of ${total} records\n`);
  };
}

/** @throws AdminError for everything that is not a success */
function wordsFor(moved: Moved): string {
  switch (moved.kind) {
    case 'moved': {
      const { sessions, servers, registrations, secrets } = moved.counts;
      return `Moved ${sessions} sessions, ${servers} servers, ${registrations} registrations and ${secrets} secrets. Read again, both stores have the same.\n`;
    }
    case 'not-empty':
      throw new AdminError('the target is not empty, and nothing was done; --force removes what it has');
    case 'source-changed':
      throw new AdminError(
        'the source changed meanwhile, so a broker uses it; stop every broker and run the command again with --force',
      );
    case 'differs':
      throw new AdminError(`read again, the target has other ${moved.what} than the source; do not use it`);
  }
}

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setDefaultHighWaterMark } from 'node:stream';
import { createLog, stopOnSignals, systemIds } from '@dcvsm/runtime';
import type { Command } from 'commander';
import type { CliContext } from './cli-context.js';
import { readConfigOrExit } from './read-config-or-exit.js';
import { addSubcommand } from './subcommand.js';

/**
 * Node pauses its HTTP parser while a long answer drains, and over TLS can then mistake the next request of the connection
 * for a broken one (HPE_PAUSED, seen with Node 20). No answer is longer than this, so it is never paused.
 */
const LONGEST_ANSWER_BYTES = 4 * 1_048_576;

const require = createRequire(import.meta.url);

export function addServeCommand(program: Command, context: CliContext): void {
  addSubcommand(program, { name: 'serve', description: 'Run the broker.', example: '' }).action(
    (options: { config: string }) => serve(options.config, context),
  );
}

async function serve(configFile: string, { clock, version }: CliContext): Promise<void> {
  const { config, notices } = readConfigOrExit(configFile);
  setDefaultHighWaterMark(false, LONGEST_ANSWER_BYTES);
  const log = createLog({ name: 'broker', level: config.logLevel });
  for (const notice of notices) log.warn({ file: configFile }, notice);
  const apiDescription = readFileSync(require.resolve('@dcvsm/protocol/openapi.yaml'), 'utf8');
  const about = { version, configFile };
  // Loaded only here, so that the other commands answer sooner.
  const { startBroker } = await import('../broker.js');
  const starting = startBroker({ config, about, clock, ids: systemIds(), log, apiDescription });
  // Signals that come during the start wait for its end.
  stopOnSignals(log, clock, async () => (await starting).stop(), {
    reload: async () => (await starting).reload(),
  });
  try {
    await starting;
  } catch (error) {
    log.fatal({ err: error }, 'the broker could not start');
    process.stderr.write(`the broker could not start: ${(error as Error).message}\n`);
    process.exit(1);
  }
}

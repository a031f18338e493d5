#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setDefaultHighWaterMark } from 'node:stream';
import { createLog, stopOnSignals, systemClock, systemIds } from '@dcvsm/runtime';
import { Command } from 'commander';
import { AdminError } from './admin/admin-client.js';
import { adminSocketPath } from './admin/admin-socket.js';
import { describeApiClients, registerApiClient, unregisterApiClient } from './admin/api-client-commands.js';
import { startBroker } from './broker.js';
import { formatProblem, readBrokerConfig, type BrokerConfig } from './config/read-config.js';

/**
 * Node pauses its HTTP parser while a long answer drains, and over TLS can then mistake the next request of the connection
 * for a broken one (HPE_PAUSED, seen with Node 20). No answer is longer than this, so it is never paused.
 */
const LONGEST_ANSWER_BYTES = 4 * 1_048_576;

const DEFAULT_CONFIG = '/etc/dcv-session-manager-broker/session-manager-broker.properties';
const require = createRequire(import.meta.url);
const { version } = require('../package.json') as { version: string };

/** The configuration, or the end of the program with every problem named. */
function readConfigOrExit(file: string): { config: BrokerConfig; notices: readonly string[] } {
  const result = readBrokerConfig(file);
  if (result.kind === 'ok') return result;
  for (const problem of result.problems) process.stderr.write(`${formatProblem(problem)}\n`);
  process.exit(1);
}

async function serve(options: { config: string }): Promise<void> {
  const { config, notices } = readConfigOrExit(options.config);
  setDefaultHighWaterMark(false, LONGEST_ANSWER_BYTES);
  const log = createLog({ name: 'broker', level: config.logLevel });
  for (const notice of notices) log.warn({ file: options.config }, notice);
  const apiDescription = readFileSync(require.resolve('@dcvsm/protocol/openapi.yaml'), 'utf8');
  const clock = systemClock();
  try {
    const broker = await startBroker({ config, clock, ids: systemIds(), log, apiDescription });
    stopOnSignals(log, clock, () => broker.stop());
  } catch (error) {
    log.fatal({ err: error }, 'the broker could not start');
    process.stderr.write(`the broker could not start: ${(error as Error).message}\n`);
    process.exit(1);
  }
}

/** Runs an admin command against the running broker and prints what it says. */
async function runAdmin(configFile: string, command: (socketPath: string) => Promise<string>): Promise<void> {
  const { config } = readConfigOrExit(configFile);
  try {
    process.stdout.write(await command(adminSocketPath(config.workingPath)));
  } catch (error) {
    if (!(error instanceof AdminError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}

const program = new Command('dcv-session-manager-broker')
  .description('Open DCV Session Manager broker. Not affiliated with Amazon.')
  .version(version)
  .showHelpAfterError()
  .enablePositionalOptions();

const subcommand = (name: string, description: string): Command =>
  program
    .command(name)
    .description(description)
    .option('--config <file>', 'configuration file', DEFAULT_CONFIG);

subcommand('serve', 'Run the broker.').action(serve);

subcommand('register-api-client', 'Register an API client and print its id and password, once.')
  .option('-c, --client-name <name>', 'name of the client, unique; also -cn')
  .option('--name <name>', 'the same')
  .action(async (options: { config: string; clientName?: string; name?: string }, command: Command) => {
    const name = options.clientName ?? options.name;
    if (name === undefined) command.error("error: required option '--client-name <name>' not specified");
    await runAdmin(options.config, (socketPath) => registerApiClient(socketPath, name));
  });

subcommand('describe-api-clients', 'List the API clients, active or not.').action(
  (options: { config: string }) => runAdmin(options.config, describeApiClients),
);

subcommand('unregister-api-client', 'Deactivate an API client; its tokens stop working at once.')
  .requiredOption('--client-id <id>', 'id of the client')
  .action((options: { config: string; clientId: string }) =>
    runAdmin(options.config, (socketPath) => unregisterApiClient(socketPath, options.clientId)),
  );

// The original's short option has two letters, which option parsers read as two options.
const argv = process.argv.map((argument) => (argument === '-cn' ? '--client-name' : argument));
await program.parseAsync(argv);

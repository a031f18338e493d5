#!/usr/bin/env node
import { createLog, stopOnSignals, systemClock, systemIds, systemRandom } from '@dcvsm/runtime';
import { Command } from 'commander';
import { startAgent } from './agent.js';
import { formatProblem } from './config/config-problem.js';
import { defaultConfigFile, platformOf } from './config/platform.js';
import { readConfig } from './config/read-config.js';
import { LogFile } from './log/log-file.js';
import { AGENT_VERSION } from './version.js';

const platform = platformOf(process.platform);

const program = new Command('dcv-session-manager-agent')
  .description('Runs on a DCV host: carries out what the broker decides and reports what is there.')
  .version(AGENT_VERSION)
  .option('--config <file>', 'configuration file', defaultConfigFile(platform))
  .action(async ({ config }: { readonly config: string }) => run(config));

await program.parseAsync();

async function run(file: string): Promise<void> {
  const read = readConfig(file, platform);
  if (read.kind === 'invalid') {
    for (const problem of read.problems) process.stderr.write(`${formatProblem(problem)}\n`);
    process.exitCode = 1;
    return;
  }
  const { config, warnings } = read;
  const destination = new LogFile(config.log, process.stderr);
  const log = createLog({ name: 'dcv-session-manager-agent', level: config.log.level, destination });
  process.on('uncaughtException', (cause) => {
    log.fatal({ err: cause }, 'a bug: the agent ends and should be started again');
    process.stderr.write(`dcv-session-manager-agent: ${String(cause)}\n`);
    void destination.close().finally(() => process.exit(1));
  });
  for (const warning of warnings) log.warn({ warning }, 'a problem with the configuration');
  const { host, port, tlsStrict } = config.broker;
  log.info({ version: AGENT_VERSION, broker: `${host}:${port}`, dcv: config.dcv.command }, 'starting');
  if (!tlsStrict) log.warn("agent.tls_strict is false: the broker's certificate is not checked");
  const clock = systemClock();
  const agent = await startAgent({
    config,
    clock,
    ids: systemIds(),
    random: systemRandom(),
    log,
    environment: commandEnvironment(process.env),
  });
  stopOnSignals(log, clock, () => agent.stop());
}

/** All that the `dcv` command gets to see of the agent's environment. */
function commandEnvironment(own: NodeJS.ProcessEnv): Record<string, string> {
  const names = ['PATH', 'HOME', 'LANG', ...(platform === 'windows' ? ['SystemRoot'] : [])];
  return Object.fromEntries(names.flatMap((name) => (own[name] === undefined ? [] : [[name, own[name]]])));
}

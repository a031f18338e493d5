import { formatProblem, readBrokerConfig, type BrokerConfig } from '../config/read-config.js';

export const DEFAULT_CONFIG = '/etc/dcv-session-manager-broker/session-manager-broker.properties';

/** The configuration, or the end of the program with every problem named. */
export function readConfigOrExit(file: string): { config: BrokerConfig; notices: readonly string[] } {
  const result = readBrokerConfig(file);
  if (result.kind === 'ok') return result;
  for (const problem of result.problems) process.stderr.write(`${formatProblem(problem)}\n`);
  process.exit(1);
}

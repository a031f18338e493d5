import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '@dcvsm/runtime';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { auditHead } from '../admin/audit-commands.js';
import { BrokerUnreachable } from '../admin/admin-client.js';
import { auditFiles } from '../audit/audit-files.js';
import type { ChainHead } from '../audit/audit-line.js';
import { printLine, printResult } from '../audit/print.js';
import { fits, type AuditQuery } from '../audit/search.js';
import { ChainCheck, readLines } from '../audit/verify.js';
import type { BrokerConfig } from '../config/read-config.js';
import { askBroker } from './ask-broker.js';
import type { CliContext } from './cli-context.js';
import { readConfigOrExit } from './read-config-or-exit.js';
import { addSubcommand } from './subcommand.js';

interface AuditOptions {
  readonly config: string;
  readonly verify?: true;
  readonly json?: true;
  readonly action?: string;
  readonly actor?: string;
  readonly object?: string;
  readonly outcome?: 'success' | 'refused' | 'failed';
  readonly request?: string;
  readonly since?: number;
  readonly until?: number;
}

/** Reads the files of the log itself, so that it works while the broker is down. */
export function addAuditCommand(program: Command, { clock }: CliContext): void {
  addSubcommand(program, {
    name: 'audit',
    description: 'Search the audit log, or verify that nothing in it was changed or removed.',
    example: '--action api-client --since 2026-01-31',
  })
    .option('--verify', 'check the chain of hashes; exit code 1 when it is broken')
    .option('--action <name>', 'only this action, or those that begin with it: createSessions, api-client')
    .option('--actor <id>', 'only what this client or agent did, or one of: operator, client, agent, gateway')
    .option('--object <id>', 'only what was done to this session, server or client')
    .addOption(
      new Option('--outcome <outcome>', 'only this outcome').choices(['success', 'refused', 'failed']),
    )
    .option('--request <id>', 'only this request')
    .option('--since <date>', 'not before this time (ISO 8601)', readTime)
    .option('--until <date>', 'not after this time (ISO 8601)', readTime)
    .option('--json', 'print the lines as they are kept, JSON each')
    .action((options: AuditOptions) => audit(options, clock));
}

async function audit(options: AuditOptions, clock: Clock): Promise<void> {
  const { config } = readConfigOrExit(options.config);
  const folder = join(config.workingPath, 'audit');
  const files = existsSync(folder) ? auditFiles(folder) : [];
  if (options.verify) await verify(files, await headOfRunningBroker(config, clock));
  else await search(files, options);
}

/** Asked before the files are read: what the broker adds meanwhile comes after. Null: no broker runs. */
async function headOfRunningBroker(config: BrokerConfig, clock: Clock): Promise<ChainHead | null> {
  try {
    return await askBroker(clock, config, 0, auditHead);
  } catch (error) {
    if (error instanceof BrokerUnreachable) return null;
    throw error;
  }
}

async function verify(files: readonly string[], head: ChainHead | null): Promise<void> {
  const chain = new ChainCheck(head);
  for await (const line of readLines(files)) chain.take(line);
  const result = chain.result();
  process.stdout.write(printResult(result));
  if (result.problems.length > 0 || result.hasAnchor === false) process.exitCode = 1;
}

async function search(files: readonly string[], options: AuditOptions): Promise<void> {
  const { request: requestId, since: sinceMs, until: untilMs, ...same } = options;
  const query: AuditQuery = { ...same, requestId, sinceMs, untilMs };
  for await (const { file, number, text, line } of readLines(files)) {
    if (line === null) process.stderr.write(`${file} line ${number} is not a line of the audit log\n`);
    else if (fits(line, query)) process.stdout.write(`${options.json ? text : printLine(line)}\n`);
  }
}

function readTime(text: string): number {
  const timeMs = Date.parse(text);
  if (Number.isNaN(timeMs))
    throw new InvalidArgumentError('give a time such as 2026-01-31 or 2026-01-31T08:00:00Z');
  return timeMs;
}

import { resolve } from 'node:path';
import { connectionTarget, connectionUrl, waitForSession } from '@dcvsm/client';
import type { GetSessionConnectionDataResponse } from '@dcvsm/protocol';
import type { Command } from 'commander';
import type { CliContext } from '../cli-context.js';
import type { Broker } from '../connect/broker.js';
import { dcvFileText, writeSecretFile } from '../connect/dcv-file.js';
import { openerFor, openWithDesktop } from '../connect/open-with-desktop.js';
import { CliError, EXIT } from '../exit-codes.js';
import { wholeNumber } from '../values.js';
import { addBrokerCommand, withBroker } from './broker-command.js';

interface Options {
  readonly sessionId: string;
  readonly user: string;
  readonly native?: true;
  readonly host?: string;
  readonly port?: number;
  readonly dcvFile?: string;
  readonly open?: true;
  readonly wait?: number;
}

export function addConnect(program: Command, context: CliContext): void {
  addBrokerCommand(program, {
    name: 'connect',
    description:
      'Print or open the address of a session, or write a .dcv file. They hold a token: keep them secret.',
    example: '--session-id 33b3f9e1-d40c-47b6-9294-5c4c53fcf177 --user alice --dcv-file work.dcv',
  })
    .requiredOption('--session-id <id>', 'id of the session')
    .requiredOption('--user <user>', 'who will connect')
    .option('--native', 'an address for the DCV client (dcv://) instead of the browser')
    .option('--host <name>', 'name of the Connection Gateway, if users do not reach the server itself')
    .option('--port <number>', 'port of the Connection Gateway', wholeNumber(1, 65_535))
    .option('--dcv-file <file>', 'write a connection file that only its user can read')
    .option('--open', 'open the address, or the file, on this desktop')
    .option('--wait <seconds>', 'wait until the session is READY', wholeNumber(0, 604_800))
    .action((options: Options, command: Command) =>
      withBroker(context, command, (broker) => connect(broker, options)),
    );
}

async function connect(broker: Broker, options: Options): Promise<void> {
  const { sessionId, user, wait } = options;
  const { client, context, call } = broker;
  if (wait !== undefined) {
    const signal = context.interrupted;
    const { kind } = await waitForSession(client, sessionId, { timeoutMs: wait * 1000, signal });
    if (kind === 'timeout') {
      throw new CliError(EXIT.other, `session ${sessionId} is not READY after ${wait} seconds`);
    }
  }
  const data = await client.GetSessionConnectionData({ sessionId, user }, call);
  const shown =
    options.dcvFile === undefined ? urlOf(data, options) : await writeDcvFile(broker, data, options);
  if (options.open !== true) return void context.stdout.write(`${shown}\n`);
  const opener = openerFor(context.platform, shown);
  try {
    await openWithDesktop(opener);
  } catch (cause) {
    throw new CliError(EXIT.other, `${opener.program} cannot be started; leave --open out`, { cause });
  }
}

function urlOf(data: GetSessionConnectionDataResponse, options: Options): string {
  return connectionUrl(data, { ...place(options), kind: options.native === true ? 'native' : 'web' });
}

/** Resolves with the path of the file. */
async function writeDcvFile(
  { context }: Broker,
  data: GetSessionConnectionDataResponse,
  options: Options,
): Promise<string> {
  const path = resolve(context.workingFolder, options.dcvFile ?? '');
  const target = connectionTarget(data, place(options));
  try {
    await writeSecretFile(path, dcvFileText(target, options.user, data.ConnectionToken));
  } catch (cause) {
    throw new CliError(EXIT.badValue, `--dcv-file: ${(cause as Error).message}`, { cause });
  }
  return path;
}

function place({ host, port }: Options): { host?: string; port?: number } {
  return { ...(host !== undefined && { host }), ...(port !== undefined && { port }) };
}

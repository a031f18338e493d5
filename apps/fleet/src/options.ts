import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { isLoopback } from './agents/target.js';

export interface FleetOptions {
  readonly agents: number;
  readonly broker: URL;
  readonly agentUrl: URL;
  /** PEM. */
  readonly ca: string;
  readonly credentials: { readonly clientId: string; readonly clientPassword: string } | null;
  readonly statement: string | null;
  readonly reportSeconds: number;
  readonly createSeconds: readonly [number, number];
  readonly failing: number;
  readonly churn: number;
  readonly rate: number;
  readonly sessionSeconds: number;
  /** Null: until it is interrupted. */
  readonly seconds: number | null;
  readonly lineSeconds: number;
  readonly atOnce: number;
  readonly seed: number;
}

const AGENT_PORT = '8445';

/** What is wrong with the command line, in words for whoever typed it. */
export class OptionProblem extends Error {}

interface Given extends Omit<
  FleetOptions,
  'broker' | 'agentUrl' | 'ca' | 'credentials' | 'statement' | 'seconds'
> {
  readonly broker: URL;
  readonly agentUrl?: URL;
  readonly ca: string;
  readonly clientId?: string;
  readonly clientPassword?: string;
  readonly statement?: string;
  readonly seconds?: number;
  readonly remote: boolean;
}

/** @throws OptionProblem, or ends the process as commander does: for `--help`, and with a word on what it cannot read */
export function readOptions(
  argv: readonly string[],
  environment: NodeJS.ProcessEnv,
  version: string,
): FleetOptions {
  const given = command(version).parse(argv, { from: 'user' }).opts<Given>();
  const { broker, clientId, seconds = null } = given;
  const agentUrl = given.agentUrl ?? new URL(`https://${broker.hostname}:${AGENT_PORT}`);
  for (const url of [broker, agentUrl]) {
    if (given.remote || isLoopback(url)) continue;
    throw new OptionProblem(
      `${url.origin} is not this machine: thousands of simulated agents do harm to a broker that people use; if it is meant, add --remote`,
    );
  }
  const clientPassword = given.clientPassword ?? environment['DCVSM_CLIENT_PASSWORD'];
  if (clientId !== undefined && clientPassword === undefined)
    throw new OptionProblem(
      '--client-id needs a password; set DCVSM_CLIENT_PASSWORD or give --client-password',
    );
  const credentials =
    clientId === undefined || clientPassword === undefined ? null : { clientId, clientPassword };
  const statement = given.statement === undefined ? null : readText(given.statement, '--statement').trim();
  return { ...given, agentUrl, ca: readText(given.ca, '--ca'), credentials, statement, seconds };
}

function command(version: string): Command {
  return new Command('dcv-session-manager-fleet')
    .description(
      'A simulated fleet for a broker: agents that speak the real protocol over TLS, and users who want sessions.',
    )
    .version(version)
    .requiredOption('--broker <url>', "the broker's client port, such as https://127.0.0.1:8443", readUrl)
    .requiredOption('--ca <file>', "PEM file with the broker's CA, dcvsmbroker_ca.pem in its security folder")
    .option('--agent-url <url>', "the broker's agent port; default: the same host, port 8445", readUrl)
    .option('--remote', 'allow a broker on another machine', false)
    .option('--agents <count>', 'simulated hosts, each with its agent', numberFrom(1, 200_000), 100)
    .option(
      '--statement <file>',
      'software statement with which agents register; without it they show no token',
    )
    .option('--client-id <id>', 'API client that asks for sessions; without it no token is shown')
    .option('--client-password <text>', 'its password; better in the environment, as DCVSM_CLIENT_PASSWORD')
    .option('--rate <count>', 'sessions asked for in a second; 0: none', numberFrom(0, 100_000), 5)
    .option('--session-seconds <seconds>', 'how long a session lives on average', numberFrom(0.1, 1e6), 60)
    .option('--create-seconds <least,most>', 'how long hosts take to create one', readRange, [0.5, 5])
    .option('--failing <part>', 'part of the creations that fail, 0 to 1', numberFrom(0, 1), 0.01)
    .option(
      '--churn <part>',
      'part of the agents that are cut off in a minute, 0 to 1',
      numberFrom(0, 1),
      0.005,
    )
    .option('--report-seconds <seconds>', 'how often agents report', numberFrom(1, 86_400), 30)
    .option(
      '--at-once <count>',
      'links opened at the same time while the fleet joins',
      numberFrom(1, 10_000),
      50,
    )
    .option('--seconds <seconds>', 'stop after so long; default: when interrupted', numberFrom(1, 1e7))
    .option(
      '--line-seconds <seconds>',
      'a line that often where no terminal shows the view',
      numberFrom(1, 3600),
      5,
    )
    .option('--seed <number>', 'other hosts and other accidents', numberFrom(0, 4_294_967_295), 1)
    .addHelpText('after', EXAMPLE);
}

const EXAMPLE = `
At the end the sessions that it made are deleted and the links closed; the broker forgets the servers after
its unreachable-server retention. Sockets need file descriptors: see "ulimit -n" on both sides for large fleets.

Example, for a broker with enable-authorization = false and enable-agent-authorization = false:
  dcv-session-manager-fleet --broker https://127.0.0.1:8443 --ca dcvsmbroker_ca.pem --agents 10000 --rate 50
`;

function readUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol === 'https:') return url;
  throw new InvalidArgumentError('It has to begin with https://, such as https://127.0.0.1:8443.');
}

function numberFrom(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It has to be a number from ${least} to ${most}.`);
  };
}

function readRange(text: string): [number, number] {
  const [least, most = least, ...rest] = text.split(',').map(Number);
  if (least !== undefined && most !== undefined && rest.length === 0 && least >= 0 && most >= least)
    return [least, most];
  throw new InvalidArgumentError('It has to be two numbers of seconds, such as 0.5,5.');
}

function readText(file: string, option: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new OptionProblem(`${option}: ${file} cannot be read (${code}); name a file that is there`);
  }
}

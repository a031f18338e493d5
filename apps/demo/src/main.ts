#!/usr/bin/env node
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '@dcvsm/runtime';
import { Command, InvalidArgumentError } from 'commander';
import { DemoFleet } from './demo-fleet.js';
import { newcomerText } from './newcomer-text.js';
import { builtPrograms } from './programs.js';

const repository = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');

function port(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 65_535) return value;
  throw new InvalidArgumentError('expected a port number from 1 to 65535');
}

interface Options {
  readonly clientPort?: number;
  readonly agentPort?: number;
  readonly stateDir: string;
}

async function run(options: Options): Promise<void> {
  const stateDir = resolve(options.stateDir);
  const { clientPort, agentPort } = options;
  const progress = (what: string): void => void process.stderr.write(`${what} ...\n`);
  const programs = builtPrograms(import.meta.url);
  const fleet = new DemoFleet({ programs, stateDir, clientPort, agentPort, clock: systemClock(), progress });
  const stopped = new Promise<void>((resolveStopped) => {
    let stopping = false;
    const onSignal = (): void => {
      // One Ctrl-C arrives twice: from the terminal and from npm. The second must not end us before our children.
      if (stopping) return;
      stopping = true;
      process.stderr.write('\nstopping ...\n');
      void fleet.stop().then(resolveStopped);
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  });
  const connection = await fleet.start();
  process.stdout.write(newcomerText(connection, join(stateDir, 'connection.json')));
  const ended = await Promise.race([stopped, fleet.partEnded()]);
  if (ended === undefined) return;
  process.stderr.write(`${ended}\n`);
  await fleet.stop();
  process.exitCode = 1;
}

const program = new Command('demo')
  .description('Start a broker, two agents and a stand-in DCV server for each, on this machine only.')
  .option('--client-port <number>', 'port of the REST API (default: a free one)', port)
  .option('--agent-port <number>', 'port for agents (default: a free one)', port)
  .option('--state-dir <folder>', 'where everything is kept', join(repository, 'demo'))
  .action(async (options: Options) => {
    try {
      await run(options);
    } catch (error) {
      process.stderr.write(`the demo could not start: ${(error as Error).message}\n`);
      process.exitCode = 1;
    }
  });

await program.parseAsync();

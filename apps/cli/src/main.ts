#!/usr/bin/env node
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '@dcvsm/runtime';
import { EXIT } from './exit-codes.js';
import { runCli } from './run-cli.js';

const { version } = createRequire(import.meta.url)('../package.json') as { version: string };

// A reader that has seen enough, such as `head`, is no bug.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(EXIT.ok);
});

const stop = new AbortController();
process.on('SIGINT', () => {
  // Whoever presses it twice does not want to wait for the end of anything.
  if (stop.signal.aborted) process.exit(EXIT.interrupted);
  stop.abort();
});

try {
  process.exitCode = await runCli(process.argv.slice(2), {
    version,
    clock: systemClock(),
    env: process.env,
    platform: process.platform,
    homeFolder: homedir(),
    workingFolder: process.cwd(),
    programFolder: dirname(dirname(fileURLToPath(import.meta.url))),
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    interrupted: stop.signal,
  });
} catch (error) {
  process.stderr.write(`a bug: ${(error as Error).stack}\nPlease report it.\n`);
  process.exitCode = EXIT.other;
}

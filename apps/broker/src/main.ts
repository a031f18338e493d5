#!/usr/bin/env node
import { createRequire } from 'node:module';
import { systemClock } from '@dcvsm/runtime';
import { brokerProgram, originalSpelling } from './cli/program.js';

const { version } = createRequire(import.meta.url)('../package.json') as { version: string };

// A reader that has seen enough, such as `head`, is no bug.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

try {
  await brokerProgram({ version, clock: systemClock() }).parseAsync(originalSpelling(process.argv));
} catch (error) {
  // What operators can mend is told by the commands themselves.
  process.stderr.write(`a bug: ${(error as Error).stack}\nPlease report it.\n`);
  process.exitCode = 1;
}

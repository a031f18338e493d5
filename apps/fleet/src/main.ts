import { createRequire } from 'node:module';
import { systemClock } from '@dcvsm/runtime';
import { OptionProblem, readOptions } from './options.js';
import { runFleet } from './run-fleet.js';

const { version } = createRequire(import.meta.url)('../package.json') as { version: string };

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2), process.env, version);
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());
  const { counts } = await runFleet(options, {
    clock: systemClock(),
    write: (text) => void process.stdout.write(text),
    isTerminal: process.stdout.isTTY,
    signal: interrupted.signal,
  });
  const { accepted, refused, created, deletions, linksLost, errors } = counts;
  process.stdout.write(
    `accepted ${accepted}, refused ${refused}, created ${created}, deleted ${deletions}, links lost ${linksLost}, errors ${errors}\n`,
  );
}

main().catch((error: unknown) => {
  const words =
    error instanceof OptionProblem ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`${words}\n`);
  process.exitCode = 1;
});

import { parseArgs } from 'node:util';
import { Simulation, type SimulationResult } from './simulation.js';

const HELP = `Usage: npm run simulate:faults -- [options]

Runs whole fleets in virtual time while everything goes wrong, and looks whether the promises are kept.

Options:
  --seeds N        how many runs (100)
  --first-seed N   the seed of the first (1)
  --steps N        what happens in each (120)
  --seed N         only this one, with its whole history and all log lines
  --help           this text
`;

/** Of the first broken run; the whole history comes with --seed. */
const SHOWN_LINES = 40;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '100' },
      'first-seed': { type: 'string', default: '1' },
      steps: { type: 'string', default: '120' },
      seed: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const steps = count('steps', values.steps);
  if (values.seed !== undefined) return replay(count('seed', values.seed), steps);
  return runMany(count('first-seed', values['first-seed']), count('seeds', values.seeds), steps);
}

function count(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0) return value;
  process.stderr.write(`--${name} must be a whole number, not "${text}"\n`);
  process.exit(2);
}

async function replay(seed: number, steps: number): Promise<number> {
  const result = await new Simulation({ seed, steps, tellsLogs: true }).run();
  process.stdout.write(`${result.history.join('\n')}\n\n${verdict(result)}\n`);
  return result.violation === null ? 0 : 1;
}

async function runMany(first: number, seeds: number, steps: number): Promise<number> {
  const begin = process.hrtime.bigint();
  const failures: SimulationResult[] = [];
  let virtualMs = 0;
  let events = 0;
  for (let seed = first; seed < first + seeds; seed += 1) {
    const result = await new Simulation({ seed, steps }).run();
    virtualMs += result.virtualMs;
    events += result.events;
    if (result.violation !== null) {
      failures.push(result);
      if (failures.length === 1)
        process.stdout.write(`...\n${result.history.slice(-SHOWN_LINES).join('\n')}\n`);
      process.stdout.write(`${verdict(result)}\n`);
    }
    const done = seed - first + 1;
    if (done % 50 === 0 || done === seeds) {
      const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
      const days = (virtualMs / 86_400_000).toFixed(2);
      const speed = Math.round(virtualMs / 1000 / seconds);
      process.stdout.write(
        `${done} of ${seeds} seeds, ${failures.length} failed; ${days} virtual days, ${events} events in ${seconds.toFixed(0)} s: ${speed} virtual seconds in one\n`,
      );
    }
  }
  for (const { seed } of failures.slice(0, 3)) {
    process.stdout.write(`Replay: npm run simulate:faults -- --seed ${seed} --steps ${steps}\n`);
  }
  return failures.length === 0 ? 0 : 1;
}

/** One line about a run. */
function verdict({ seed, violation, fingerprint, virtualMs, events }: SimulationResult): string {
  const figures = `${(virtualMs / 60_000).toFixed(0)} virtual minutes, ${events} events, fingerprint ${fingerprint}`;
  return violation === null
    ? `seed ${seed}: all promises kept; ${figures}`
    : `seed ${seed}: BROKEN: ${violation}; ${figures}`;
}

process.exitCode = await main();

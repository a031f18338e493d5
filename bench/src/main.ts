import { mkdir } from 'node:fs/promises';
import { cpus } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Benchmark, BenchmarkOptions } from './benchmarks/benchmark.js';
import { benchmarks } from './benchmarks/benchmarks.js';
import type { Comparison } from './measure/comparison.js';
import { printComparison } from './measure/print.js';
import { appendResults } from './measure/results-file.js';

const HELP = `Usage: npm run bench -- [options] [benchmark...]

Measures the broker beside its limits, in the same run. Without names: all.

${benchmarks.map(({ id, title }) => `  ${id}  ${title}`).join('\n')}

Options:
  --quick         small fleets, few rounds: shows that all works; not for quoting
  --out FILE      append the results to the JSON array in FILE
  --profile DIR   leave a CPU profile of the broker in DIR; makes it slower
  --help          this text
`;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

function chosen(names: readonly string[]): readonly Benchmark[] {
  const unknown = names.filter((name) => !benchmarks.some(({ id }) => id === name.toUpperCase()));
  if (unknown.length > 0) throw new Error(`there is no benchmark ${unknown.join(', ')}; see --help`);
  if (names.length === 0) return benchmarks;
  return benchmarks.filter(({ id }) => names.some((name) => name.toUpperCase() === id));
}

async function runOne(benchmark: Benchmark, options: BenchmarkOptions): Promise<Comparison[]> {
  const { id, title, limitMs } = benchmark;
  say(`\n${id}: ${title}${options.quick ? ' (quick form, smaller than the target asks)' : ''}`);
  // Nothing of a stuck run can be trusted, and its processes end with this one.
  const watchdog = setTimeout(() => fail(new Error(`${id} was not done after ${limitMs / 1000} s`)), limitMs);
  try {
    const comparisons = await benchmark.run(options);
    for (const comparison of comparisons) say(printComparison(comparison));
    return comparisons;
  } finally {
    clearTimeout(watchdog);
  }
}

function fail(error: unknown): never {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      out: { type: 'string' },
      profile: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return say(HELP);
  const profileFolder = values.profile === undefined ? null : resolve(values.profile);
  if (profileFolder !== null) await mkdir(profileFolder, { recursive: true });
  say(`Node ${process.version}, ${cpus().length} cores shared by the broker, the hosts and the load`);
  const results: Comparison[] = [];
  for (const benchmark of chosen(positionals)) {
    results.push(...(await runOne(benchmark, { quick: values.quick, profileFolder, say })));
  }
  if (values.out !== undefined) await appendResults(values.out, results);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
main().then(() => process.exit(0), fail);

#!/usr/bin/env node
/** `npm run test:abuse -- ...`: sends what no client or agent should send, and prints a table of what became of it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';

const HELP = `Usage: npm run test:abuse -- [options] [case...]

Sends bad input to the built programs and measures what was promised. Without names: all cases (B1, B2, ...).

Options:
  --quick       few inputs: what npm test runs
  --seed N      other inputs; the same seed tries the same again
  --out FILE    also write the table, as Markdown (.md) or as JSON
  --help        this text
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    seed: { type: 'string' },
    out: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(HELP);
  process.exit(0);
}
if (positionals.some((name) => !/^B\d+$/i.test(name))) {
  process.stderr.write(`cases are called B1, B2, ...\n\n${HELP}`);
  process.exit(2);
}

build('*');
const folder = mkdtempSync(join(tmpdir(), 'dcvsm-abuse-'));
try {
  const file = join(folder, 'findings');
  writeFileSync(file, '');
  const passed = runCases(file);
  const findings = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
  console.log(`\n${table(findings)}`);
  if (values.out !== undefined) writeFileSync(values.out, report(findings));
  const broken = findings.filter((one) => !one.ok).length;
  console.log(`\n${findings.length} promises, ${broken} broken`);
  process.exitCode = passed && broken === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** A case that could not be carried out fails without a finding, so the table alone does not tell. */
function runCases(resultsFile) {
  const env = { ...process.env, ABUSE_FORM: values.quick ? 'quick' : 'full', ABUSE_RESULTS: resultsFile };
  if (positionals.length > 0) env.ABUSE_CASES = positionals.join(',');
  if (values.seed !== undefined) env.ABUSE_SEED = values.seed;
  const command = ['npx', 'jest', '--config', 'jest.abuse.config.mjs', '--verbose'];
  return spawnSync(command[0], command.slice(1), { stdio: 'inherit', env }).status === 0;
}

function report(findings) {
  if (!values.out.endsWith('.md')) return `${JSON.stringify(findings, null, 2)}\n`;
  const form = values.quick ? 'quick form' : 'full form';
  const seed = values.seed === undefined ? '' : `, seed ${values.seed}`;
  return `Node ${process.version}, ${cpus().length} cores, ${form}${seed}.\n\n${table(findings)}\n`;
}

function table(findings) {
  const rows = findings.map((one) => [
    one.case,
    one.what,
    one.inputs.toLocaleString('en'),
    one.outcome,
    one.figure,
    one.limit,
    one.ok ? 'yes' : '**NO**',
  ]);
  const lines = [
    ['Case', 'What', 'Inputs', 'Outcome', 'Figure', 'Limit', 'Ok'],
    Array(7).fill('---'),
    ...rows,
  ];
  return lines.map((cells) => `| ${cells.map(cell).join(' | ')} |`).join('\n');
}

/** One line, and nothing that Markdown or a terminal would take for more than text. */
function cell(text) {
  return String(text)
    .replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, ' ')
    .toWellFormed()
    .replaceAll('|', '\\|');
}

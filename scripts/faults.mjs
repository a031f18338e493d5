#!/usr/bin/env node
/** `npm run test:faults -- ...`: does to the built programs what goes wrong in data centres, and prints what became of it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';

const HELP = `Usage: npm run test:faults -- [options] [case...]

Kills, pauses and cuts off the built programs, and measures what was promised. Without names: all cases (F1, F2, ...).

Options:
  --quick            small and short: about a minute in all
  --rounds N         F4: how often the broker is killed (100; quick: 2)
  --soak-minutes N   F27: how long (10; quick: a quarter)
  --seed N           other chances; the same seed takes the same ones again
  --out FILE         also write the findings as JSON
  --markdown FILE    also write the table as Markdown
  --help             this text
`;

/** Cases of the plan for which there is nothing to run yet. */
const NOT_HERE = {
  F5: 'needs several brokers',
  F6: 'needs several brokers',
  F7: 'needs several brokers',
  F8: 'the embedded store has no network between it and the broker; F20 takes its disk away',
  F15: 'clocks are moved in the fleet tests, on a manual clock',
  F18: 'the queue at its limit is in the fleet tests',
  F22: 'the embedded store has no deadlocks, fail-over or server that goes away',
  F24: 'there are no event listeners',
  F25: 'there are no webhooks',
  F26: 'there is one release',
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    'soak-minutes': { type: 'string' },
    seed: { type: 'string' },
    out: { type: 'string' },
    markdown: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(HELP);
  process.exit(0);
}
const cases = positionals.map((name) => name.toUpperCase());
const problem = problemOf();
if (problem !== null) {
  process.stderr.write(`${problem}\n\n${HELP}`);
  process.exit(2);
}
const notHere = Object.entries(NOT_HERE).filter(([id]) => cases.length === 0 || cases.includes(id));
const wanted = cases.filter((id) => !(id in NOT_HERE));

let findings = [];
let passed = true;
if (cases.length === 0 || wanted.length > 0) {
  build('*');
  const folder = mkdtempSync(join(tmpdir(), 'dcvsm-faults-'));
  try {
    const file = join(folder, 'findings');
    writeFileSync(file, '');
    passed = runCases(file);
    const lines = readFileSync(file, 'utf8').split('\n');
    findings = lines.filter((line) => line !== '').map((line) => JSON.parse(line));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
console.log(`\n${table(findings)}\n`);
for (const [id, why] of notHere) console.log(`${id}: not here: ${why}`);
if (values.out !== undefined) writeFileSync(values.out, `${JSON.stringify(report(), null, 2)}\n`);
if (values.markdown !== undefined)
  writeFileSync(values.markdown, `${circumstances()}\n\n${table(findings)}\n`);
const pending = findings.filter((one) => !one.ok && one.pending).length;
const broken = findings.filter((one) => !one.ok && !one.pending).length;
console.log(`\n${findings.length} promises, ${broken} broken, ${pending} pending`);
process.exitCode = passed && broken === 0 ? 0 : 1;

function problemOf() {
  if (cases.some((name) => !/^F\d+$/.test(name))) return 'cases are called F1, F2, ...';
  const numbers = { rounds: values.rounds, 'soak-minutes': values['soak-minutes'], seed: values.seed };
  for (const [name, text] of Object.entries(numbers)) {
    if (text !== undefined && !(Number(text) > 0)) return `--${name} takes a number above 0`;
  }
  return null;
}

/** A case that could not be carried out fails without a finding, so the table alone does not tell. */
function runCases(resultsFile) {
  const env = { ...process.env, FAULT_FORM: values.quick ? 'quick' : 'full', FAULT_RESULTS: resultsFile };
  if (wanted.length > 0) env.FAULT_CASES = wanted.join(',');
  if (values.seed !== undefined) env.FAULT_SEED = values.seed;
  if (values.rounds !== undefined) env.FAULT_ROUNDS = values.rounds;
  if (values['soak-minutes'] !== undefined) env.FAULT_SOAK_MINUTES = values['soak-minutes'];
  const command = ['npx', 'jest', '--config', 'jest.faults.config.mjs', '--verbose'];
  return spawnSync(command[0], command.slice(1), { stdio: 'inherit', env }).status === 0;
}

function circumstances() {
  const form = values.quick ? 'quick form' : 'full form';
  const seed = values.seed === undefined ? '' : `, seed ${values.seed}`;
  const date = new Date().toISOString().slice(0, 10);
  return `${date}, Node ${process.version}, ${availableParallelism()} cores, ${form}${seed}.`;
}

function report() {
  return { circumstances: circumstances(), findings, notHere: Object.fromEntries(notHere) };
}

function table(all) {
  const rows = all.map((one) => [
    one.case,
    one.fault,
    one.load,
    one.promise,
    one.figure,
    one.ok ? 'yes' : one.pending ? `pending: ${one.pending}` : '**NO**',
  ]);
  const lines = [['Case', 'Fault', 'Load', 'Promise', 'Measured', 'Ok'], Array(6).fill('---'), ...rows];
  return lines.map((cells) => `| ${cells.map(cell).join(' | ')} |`).join('\n');
}

/** One line, and nothing that Markdown or a terminal would take for more than text. */
function cell(text) {
  return String(text)
    .replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, ' ')
    .toWellFormed()
    .replaceAll('|', '\\|');
}

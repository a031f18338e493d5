#!/usr/bin/env node
/**
 * `npm test`: every check of the project, from a bare clone. Goes on after a failure, so that one run tells everything,
 * and closes with the line `N passed, N failed, N skipped`, in which each check counts as one test.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const CHECKS = [
  ['format', ['npx', 'prettier', '--check', '--log-level', 'warn', '.']],
  ['lint', ['npx', 'eslint', '.', '--max-warnings', '0']],
  ['types', ['npx', 'tsc', '--noEmit', '-p', 'tsconfig.json']],
  ['import rules', ['node', 'scripts/check-imports.mjs']],
  ['OpenAPI document', ['node', 'scripts/openapi.mjs', '--check']],
  ['reference of dcvsm', ['node', 'scripts/cli-reference.mjs', '--check']],
  ['build', ['npx', 'turbo', 'run', 'build', '--output-logs=errors-only']],
];
const SUITES = [
  ['unit, contract and fleet tests', 'jest.config.mjs'],
  ['end-to-end tests', 'jest.e2e.config.mjs'],
  ['bad input, quick form', 'jest.abuse.config.mjs'],
];

const totals = { passed: 0, failed: 0, skipped: 0 };
const failures = [];
for (const [name, command] of CHECKS) count(name, runCheck(name, command));
for (const [name, config] of SUITES) runSuite(name, config);

if (process.env.CI && totals.skipped > 0) {
  totals.failed += 1;
  failures.push(`${totals.skipped} tests were skipped, which is a failure in CI: install what they need`);
}
for (const failure of failures) console.log(`FAILED: ${failure}`);
console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exitCode = totals.failed === 0 ? 0 : 1;

function runCheck(name, [program, ...args]) {
  console.log(`\n== ${name}`);
  const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' };
  return spawnSync(program, args, { stdio: ['ignore', 'inherit', 'inherit'], env }).status === 0;
}

function count(name, passed) {
  totals[passed ? 'passed' : 'failed'] += 1;
  if (!passed) failures.push(name);
}

function runSuite(name, config) {
  const folder = mkdtempSync(join(tmpdir(), 'dcvsm-test-'));
  const file = join(folder, 'results.json');
  const passed = runCheck(name, ['npx', 'jest', '--config', config, '--json', '--outputFile', file]);
  try {
    const results = JSON.parse(readFileSync(file, 'utf8'));
    totals.passed += results.numPassedTests;
    totals.failed += results.numFailedTests + results.numRuntimeErrorTestSuites;
    totals.skipped += results.numPendingTests + results.numTodoTests;
    for (const suite of results.testResults) {
      if (suite.status === 'failed') failures.push(suite.name.replace(`${process.cwd()}/`, ''));
    }
    if (!passed && results.numFailedTests + results.numRuntimeErrorTestSuites === 0) count(name, false);
  } catch {
    count(`${name} (no results were written)`, false);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

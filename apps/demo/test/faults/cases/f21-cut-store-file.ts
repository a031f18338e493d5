import { spawnSync } from 'node:child_process';
import { readFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Fault } from '../fault-case.js';

const REPOSITORY = resolve(__dirname, '../../../../..');

interface Results {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly title: string; readonly status: string }[];
  }[];
}

/** The contract tests of the store do this on real files; here they are only run, for the table. */
export const fault: Fault = () => {
  const folder = mkdtempSync(join(tmpdir(), 'dcvsm-f21-'));
  const outputFile = join(folder, 'results.json');
  const command = ['jest', 'apps/broker/test/contract/sqlite-damage', '--json', `--outputFile=${outputFile}`];
  try {
    const { stderr } = spawnSync('npx', command, { cwd: REPOSITORY, encoding: 'utf8' });
    const results = readResults(outputFile, stderr);
    const failed = results.testResults
      .flatMap(({ assertionResults }) => assertionResults)
      .filter(({ status }) => status === 'failed');
    const first = failed[0] === undefined ? '' : `; first: ${failed[0].title}`;
    return Promise.resolve([
      {
        fault: 'the file of the store, or its log, is cut or altered in its last 4 KiB',
        load: 'restart',
        promise: 'opens with what was committed before, or says what is wrong; never silently empty',
        figure: `${results.numPassedTests} contract tests passed, ${results.numFailedTests} failed${first}`,
        ok: results.numFailedTests === 0 && results.numPassedTests > 0,
      },
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

function readResults(file: string, output: string): Results {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Results;
  } catch (cause) {
    throw new Error(`the contract tests could not be run: ${output}`, { cause });
  }
}

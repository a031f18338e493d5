import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

jest.setTimeout(120_000);

const SCRIPT = join(__dirname, '../../../../scripts/simulate-faults.mjs');

/** In a process of its own: there a rejection that nobody handles is what it is in production. */
async function simulate(...options: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT, ...options], {
    maxBuffer: 64 * 1_048_576,
  }).catch((cause: { stdout: string; stderr: string }) => {
    throw new Error(`${cause.stdout}${cause.stderr}`);
  });
  return stdout;
}

it('keeps the promises of a fleet while everything goes wrong', async () => {
  const said = await simulate('--seeds', '30', '--steps', '80');
  expect(said).toContain('30 of 30 seeds, 0 failed');
});

it('replays a seed exactly', async () => {
  const first = await simulate('--seed', '7', '--steps', '60');
  expect(first).toMatch(
    /seed 7: all promises kept; \d+ virtual minutes, \d+ events, fingerprint [0-9a-f]{16}/,
  );
  expect(await simulate('--seed', '7', '--steps', '60')).toBe(first);
  expect(await simulate('--seed', '8', '--steps', '60')).not.toBe(first);
});

it('says what it does not understand', async () => {
  await expect(simulate('--seeds', 'many')).rejects.toThrow('--seeds must be a whole number, not "many"');
});

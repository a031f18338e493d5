import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '@dcvsm/testkit';
import { until } from '../../test/test-agent.js';
import { oneLine, runDcv, type DcvResult } from './run-dcv.js';

describe('runDcv', () => {
  let folder: string;
  let clock: ManualClock;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'agent-run-'));
    clock = new ManualClock();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const run = (script: string, args: readonly string[] = ['list-sessions']): Promise<DcvResult> => {
    const command = join(folder, 'dcv');
    writeFileSync(command, `#!/bin/sh\n${script}\n`);
    chmodSync(command, 0o755);
    const environment = { PATH: '/usr/bin:/bin', HOME: folder };
    return runDcv({ command, environment, clock }, { args, timeoutMs: 5000, maxOutputBytes: 10_000 });
  };

  it('gives what the command printed', async () => {
    expect(await run('echo "[]"; echo noise >&2')).toEqual({ kind: 'done', stdout: '[]\n' });
  });

  it('passes arguments as they are, without a shell', async () => {
    const result = await run('printf "%s|" "$@"', ['create-session', '$(id)', 'a b', '"; echo x']);
    expect(result).toEqual({ kind: 'done', stdout: 'create-session|$(id)|a b|"; echo x|' });
  });

  it('shows the command nothing of the environment but what it was given', async () => {
    const result = await run('/usr/bin/env | sed "s/=.*//" | sort | tr "\\n" " "');
    expect(result).toMatchObject({ stdout: expect.not.stringMatching(/NODE|JEST|USER/) });
  });

  it('says why the command failed', async () => {
    expect(await run('echo "first\nsecond" >&2; exit 3')).toEqual({
      kind: 'failed',
      reason: 'dcv list-sessions failed (exit code 3): first second',
    });
  });

  it('says that there is no such command', async () => {
    const dcv = { command: join(folder, 'none'), environment: {}, clock };
    const result = await runDcv(dcv, { args: ['version'], timeoutMs: 1, maxOutputBytes: 1 });
    expect(result).toMatchObject({ kind: 'failed', reason: expect.stringContaining('ENOENT') });
    expect(clock.pending).toBe(0);
  });

  it('stops the command and all that it started when its time is over', async () => {
    const result = run(`sleep 1000 & echo $! >${folder}/child; touch ${folder}/ready; wait`);
    await until(() => existsSync(join(folder, 'ready')));
    await clock.advance(5000);
    expect(await result).toMatchObject({ kind: 'timed-out', reason: expect.stringContaining('within 5 s') });
    const child = Number(readFileSync(join(folder, 'child'), 'utf8'));
    await until(() => !isRunning(child));
  });

  it('stops a command that prints too much', async () => {
    expect(await run('yes')).toEqual({
      kind: 'failed',
      reason: 'dcv list-sessions wrote more than 10000 bytes',
    });
  });

  it('does not wait for what a command leaves in the background', async () => {
    const result = run(`sleep 1000 & echo $! >${folder}/child; echo "[]"`);
    // The time limit and then the grace of the pipes: the second timer says that the command has ended.
    await until(() => clock.pending === 2);
    await clock.advance(1000);
    expect(await result).toEqual({ kind: 'done', stdout: '[]\n' });
    process.kill(Number(readFileSync(join(folder, 'child'), 'utf8')));
  });
});

describe('oneLine', () => {
  it('removes what could forge a line or drive a terminal, and limits the length', () => {
    expect(oneLine(`a\r\nb\u001b[2Jc\u202ed\u2028e`)).toBe('a b [2Jc d e');
    expect(oneLine('x'.repeat(1_000_000))).toHaveLength(500);
  });
});

function isRunning(pid: number): boolean {
  try {
    // A killed process whose parent is gone may stay as a zombie where nobody collects it.
    return !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

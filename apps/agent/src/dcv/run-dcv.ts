import { spawn, type ChildProcess } from 'node:child_process';
import type { Clock } from '@dcvsm/runtime';

export interface DcvProcess {
  /** Absolute path of the `dcv` command. */
  readonly command: string;
  /** The whole environment of the command; nothing of the agent's own is passed on. */
  readonly environment: Readonly<Record<string, string>>;
  readonly clock: Clock;
}

export interface DcvRun {
  readonly args: readonly string[];
  readonly timeoutMs: number;
  readonly maxOutputBytes: number;
}

/** How a run of the command ended. `failed` carries words for people, one line, at most 500 characters. */
export type DcvResult =
  | { readonly kind: 'done'; readonly stdout: string }
  | { readonly kind: 'failed'; readonly reason: string }
  /** It was stopped, so what it had begun may still happen. */
  | { readonly kind: 'timed-out'; readonly reason: string };

/** Runs the `dcv` command of a host. Never rejects. */
export type RunDcv = (run: DcvRun) => Promise<DcvResult>;

const MAX_STDERR_BYTES = 65_536;
/** A process left in the background may hold the pipes open; waiting for it would mean waiting for ever. */
const PIPE_GRACE_MS = 1000;

/** Runs `dcv` with an argument array and no shell. Never rejects. */
export function runDcv(dcv: DcvProcess, run: DcvRun): Promise<DcvResult> {
  const name = `dcv ${run.args[0] ?? ''}`;
  return new Promise((resolve) => {
    let child: ChildProcess;
    try {
      child = start(dcv, run);
    } catch (cause) {
      resolve({ kind: 'failed', reason: oneLine(`${name} could not be started: ${String(cause)}`) });
      return;
    }
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let stopped: DcvResult | null = null;
    const stop = (result: DcvResult): void => {
      stopped ??= result;
      killGroup(child);
    };
    collect(child.stdout, stdout, run.maxOutputBytes, () =>
      stop({ kind: 'failed', reason: `${name} wrote more than ${run.maxOutputBytes} bytes` }),
    );
    collect(child.stderr, stderr, MAX_STDERR_BYTES, () => undefined);
    const timer = dcv.clock.after(run.timeoutMs, () =>
      stop({ kind: 'timed-out', reason: `${name} did not end within ${run.timeoutMs / 1000} s` }),
    );
    child.once('error', (cause) => {
      timer.cancel();
      resolve({ kind: 'failed', reason: oneLine(`${name} could not be started: ${cause.message}`) });
    });
    child.once('exit', () => {
      const grace = dcv.clock.after(PIPE_GRACE_MS, () => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      });
      child.once('close', () => grace.cancel());
    });
    child.once('close', (code, signal) => {
      timer.cancel();
      if (stopped) return resolve(stopped);
      const out = Buffer.concat(stdout).toString('utf8');
      if (code === 0) return resolve({ kind: 'done', stdout: out });
      const said = oneLine(Buffer.concat(stderr).toString('utf8') || out);
      resolve({ kind: 'failed', reason: `${name} failed (${signal ?? `exit code ${code}`}): ${said}` });
    });
  });
}

/** In its own process group, so that whatever it starts can be stopped together with it. */
function start(dcv: DcvProcess, run: DcvRun): ChildProcess {
  return spawn(dcv.command, [...run.args], {
    env: dcv.environment,
    cwd: '/',
    shell: false,
    detached: true,
    windowsHide: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // No such group: it has ended meanwhile, or this is Windows, which has none.
    child.kill('SIGKILL');
  }
}

function collect(
  stream: NodeJS.ReadableStream | null,
  chunks: Buffer[],
  maxBytes: number,
  onTooMuch: () => void,
): void {
  let bytes = 0;
  stream?.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= maxBytes) chunks.push(chunk);
    else onTooMuch();
  });
}

/** Control characters (with them line breaks and terminal sequences) become blanks; at most 500 characters. */
export function oneLine(text: string): string {
  return text
    .slice(0, 4096)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, 500);
}

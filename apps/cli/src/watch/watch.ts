import { ApiError, NetworkError } from '@dcvsm/client';
import type { Broker } from '../connect/broker.js';
import { changes } from './changes.js';
import { look, type Look } from './look.js';
import { paintFor } from './paint.js';
import { screenLines } from './screen.js';
import { TerminalScreen } from './terminal.js';

export interface WatchOptions {
  readonly owner: string | undefined;
  readonly intervalMs: number;
  /** Infinity: until it is interrupted. */
  readonly times: number;
}

/** One line for each change, for files and programs that read along. */
export async function watchLines(broker: Broker, options: WatchOptions): Promise<void> {
  const { stdout, stderr, interrupted } = broker.context;
  let before: Look | null = null;
  await looks(broker, options, interrupted, (now, problem) => {
    if (problem !== null) return void stderr.write(`${problem}\n`);
    if (now === null) return;
    for (const line of changes(before, now)) stdout.write(`${line}\n`);
    before = now;
  });
}

/** A screen that is drawn again and again, until q or Ctrl-C. */
export async function watchScreen(broker: Broker, options: WatchOptions): Promise<void> {
  const { context, settings } = broker;
  const paint = paintFor(context.env);
  const quit = new AbortController();
  let shown: { readonly now: Look; readonly problem: string | null } | null = null;
  const draw = (): void => {
    if (shown === null) return;
    const { columns = 80, rows = 24 } = context.stdout;
    const at = new Date(shown.now.atMs).toISOString().slice(11, 19);
    const title = `dcvsm watch   ${settings.brokerUrl}   ${at} UTC   every ${options.intervalMs / 1000} s   q: leave`;
    screen.draw(screenLines(shown.now, { columns, rows, paint, title, problem: shown.problem }));
  };
  using screen = new TerminalScreen(context, () => quit.abort(), draw);
  const signal = AbortSignal.any([context.interrupted, quit.signal]);
  try {
    await looks(broker, options, signal, (now, problem) => {
      if (now !== null) shown = { now, problem };
      draw();
    });
  } catch (error) {
    if (!quit.signal.aborted) throw error;
  }
}

/**
 * Looks again and again. After the first look an outage is told and lived through.
 * @rejects when the first look fails, at a refusal, and with the signal's reason
 */
async function looks(
  broker: Broker,
  { owner, intervalMs, times }: WatchOptions,
  signal: AbortSignal,
  show: (now: Look | null, problem: string | null) => void,
): Promise<void> {
  let last: Look | null = null;
  for (let count = 1; ; count += 1) {
    try {
      last = await look({ ...broker, call: { signal } }, owner);
      show(last, null);
    } catch (error) {
      if (last === null || !isOutage(error)) throw error;
      show(last, `${error.message}; what is shown is older`);
    }
    if (count >= times) return;
    await broker.context.clock.sleep(intervalMs, signal);
  }
}

function isOutage(error: unknown): error is NetworkError | ApiError {
  return error instanceof NetworkError || (error instanceof ApiError && error.retryable);
}

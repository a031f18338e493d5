import type { OperationId } from '@dcvsm/protocol';
import { ApiError, NetworkError } from './errors.js';
import type { Timing } from './timing.js';

export interface RetryPolicy {
  /** How often a call is tried again after its first try. */
  readonly retries: number;
  /** Before the first retry; doubles with each, and a random part of up to one half is taken off. */
  readonly firstMs: number;
  readonly longestMs: number;
}

export const DEFAULT_RETRY: RetryPolicy = { retries: 4, firstMs: 250, longestMs: 8_000 };

/** A pause that the broker asks for is kept up to this; beyond it the caller is told instead. */
const LONGEST_ASKED_PAUSE_MS = 60_000;

/**
 * Whether the call may be sent again after `error` without a chance of doing twice what was wanted once. A creation is
 * the one operation whose repetition makes something more: it is repeated only when the broker cannot have begun it.
 */
export function maySendAgain(operation: OperationId, error: unknown): boolean {
  if (!(error instanceof NetworkError || error instanceof ApiError)) return false;
  // What went wrong while a token was asked for came before the operation itself.
  const isRepeatable = operation !== 'createSessions' || error.operation === 'token';
  if (error instanceof NetworkError) return isRepeatable || error.sentNothing;
  // 429 is said before a request is looked at; 503 also when the store's answer was lost.
  return error.status === 429 || (error.status === 503 && isRepeatable);
}

/** Does `work`, and again as the policy says. @rejects with the last error */
export async function withRetries<T>(
  work: () => Promise<T>,
  options: {
    readonly operation: OperationId;
    readonly policy: RetryPolicy;
    readonly timing: Timing;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<T> {
  const { operation, policy, timing, signal } = options;
  for (let retry = 0; ; retry += 1) {
    try {
      return await work();
    } catch (error) {
      const pauseMs = pauseBefore(retry, error, policy, timing);
      if (retry >= policy.retries || pauseMs === null || !maySendAgain(operation, error)) throw error;
      await timing.sleep(pauseMs, signal);
    }
  }
}

/** null: the broker asks for more patience than a call has. */
function pauseBefore(
  retry: number,
  error: unknown,
  { firstMs, longestMs }: RetryPolicy,
  { random }: Timing,
): number | null {
  const ceilingMs = Math.min(longestMs, firstMs * 2 ** retry);
  const ownMs = Math.round(ceilingMs * (0.5 + random() / 2));
  const askedMs = error instanceof ApiError ? (error.retryAfterMs ?? 0) : 0;
  return askedMs > LONGEST_ASKED_PAUSE_MS ? null : Math.max(ownMs, askedMs);
}

/** `Retry-After` is a number of seconds or a date. */
export function readRetryAfter(value: string | null, nowMs: number): number | undefined {
  if (value === null || value.trim() === '') return undefined;
  if (/^\d+$/.test(value.trim())) return Number(value) * 1000;
  const dateMs = Date.parse(value);
  return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - nowMs);
}

import type { Session, SessionState } from '@dcvsm/protocol';
import type { DcvsmClient } from './client.js';
import { systemTiming, type Timing } from './timing.js';

export interface WaitOptions {
  /** Default: READY. */
  readonly state?: SessionState;
  /** Absent: until the signal is aborted. */
  readonly timeoutMs?: number;
  /** Default: two seconds. */
  readonly pollMs?: number;
  readonly signal?: AbortSignal;
  /** Told each time that the session is seen. */
  readonly onLook?: (session: Session | undefined) => void;
  /** For tests. */
  readonly timing?: Timing;
}

/** What became of a wait. `never`: the session is gone, or in a state from which there is no way to the wanted one. */
export type WaitResult =
  | { readonly kind: 'reached'; readonly session: Session | undefined }
  | { readonly kind: 'never'; readonly session: Session | undefined }
  | { readonly kind: 'timeout'; readonly session: Session | undefined };

/** Asks for a session until it is in a state. A session that nobody knows any more counts as DELETED. */
export async function waitForSession(
  client: DcvsmClient,
  sessionId: string,
  options: WaitOptions = {},
): Promise<WaitResult> {
  const { state = 'READY', timeoutMs = Infinity, pollMs = 2_000, signal, timing = systemTiming } = options;
  const untilMs = timing.monotonicMs() + timeoutMs;
  for (;;) {
    const calling = signal === undefined ? {} : { signal };
    const { Sessions } = await client.describeSessions({ SessionIds: [sessionId] }, calling);
    const session = Sessions[0];
    options.onLook?.(session);
    const seen = session?.State ?? 'DELETED';
    if (seen === state) return { kind: 'reached', session };
    if (isOver(seen, state)) return { kind: 'never', session };
    const leftMs = untilMs - timing.monotonicMs();
    if (leftMs <= 0) return { kind: 'timeout', session };
    await timing.sleep(Math.min(pollMs, leftMs), signal);
  }
}

/** A session is created once: it does not become CREATING again, and from its end only DELETED is ahead. */
function isOver(seen: SessionState, wanted: SessionState): boolean {
  if (seen === 'DELETED') return true;
  if (seen === 'DELETING') return wanted !== 'DELETED';
  return wanted === 'CREATING';
}

import type { HostSession } from '@dcvsm/protocol';
import type { Clock } from '@dcvsm/runtime';

/** DCV may finish what was begun even after the command was stopped; it is watched for this long. */
const WATCHED_MS = 15 * 60_000;

/** Sessions whose creation was given up; should one appear after all, nobody waits for it and it is closed. */
export class Abandoned {
  readonly #untilMs = new Map<string, number>();

  constructor(readonly clock: Pick<Clock, 'monotonicMs'>) {}

  add(sessionId: string): void {
    this.#untilMs.set(sessionId, this.clock.monotonicMs() + WATCHED_MS);
  }

  /** The session is wanted again, or known to be gone. */
  forget(sessionId: string): void {
    this.#untilMs.delete(sessionId);
  }

  among(sessions: readonly HostSession[]): readonly string[] {
    const nowMs = this.clock.monotonicMs();
    for (const [id, untilMs] of this.#untilMs) if (untilMs <= nowMs) this.#untilMs.delete(id);
    return sessions.map((session) => session.id).filter((id) => this.#untilMs.has(id));
  }
}

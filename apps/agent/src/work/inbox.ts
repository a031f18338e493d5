import type { Outcome } from '@dcvsm/protocol';

/** What to do with a command that arrived. */
export type Arrival =
  | { readonly kind: 'new' }
  /** It arrived before and is being carried out; its outcome will come. */
  | { readonly kind: 'running' }
  /** It arrived before and is done; the same outcome is due again. */
  | { readonly kind: 'finished'; readonly outcome: Outcome };

/** Remembers commands, so that one that arrives twice is carried out once. Holds the newest `capacity` outcomes. */
export class Inbox {
  readonly #running = new Set<string>();
  readonly #finished = new Map<string, Outcome>();

  constructor(readonly capacity: number) {}

  arrive(commandId: string): Arrival {
    if (this.#running.has(commandId)) return { kind: 'running' };
    const outcome = this.#finished.get(commandId);
    if (outcome) {
      this.#remember(commandId, outcome);
      return { kind: 'finished', outcome };
    }
    this.#running.add(commandId);
    return { kind: 'new' };
  }

  /** A screenshot is not remembered: its picture is gone, and taking another one changes nothing. */
  finish(commandId: string, outcome: Outcome): void {
    this.#running.delete(commandId);
    if (outcome.kind !== 'screenshot') this.#remember(commandId, outcome);
  }

  #remember(commandId: string, outcome: Outcome): void {
    this.#finished.delete(commandId);
    this.#finished.set(commandId, outcome);
    for (const oldest of this.#finished.keys()) {
      if (this.#finished.size <= this.capacity) break;
      this.#finished.delete(oldest);
    }
  }
}

import { withDeadline, type Clock, type Log } from '@dcvsm/runtime';

export interface RememberedOptions<T> {
  readonly name: string;
  readonly read: () => Promise<T>;
  /** Told while nothing better is known. */
  readonly fallback: T;
  readonly forMs: number;
  readonly clock: Clock;
  readonly log: Log;
}

const READ_DEADLINE_MS = 10_000;

/**
 * A fact of the host that is read at times and remembered in between. A source that fails, or does not
 * answer, is logged once and never keeps a report from being made: the last value stands.
 */
export class Remembered<T> {
  readonly #options: RememberedOptions<T>;
  #value: T;
  #readAtMs: number | null = null;
  #failing = false;

  constructor(options: RememberedOptions<T>) {
    this.#options = options;
    this.#value = options.fallback;
  }

  async get(): Promise<T> {
    const { name, read, forMs, clock, log } = this.#options;
    const nowMs = clock.monotonicMs();
    if (this.#readAtMs !== null && nowMs - this.#readAtMs < forMs) return this.#value;
    this.#readAtMs = nowMs;
    try {
      this.#value = await withDeadline(clock, name, READ_DEADLINE_MS, read());
      this.#failing = false;
    } catch (cause) {
      if (!this.#failing) log.warn({ err: cause, source: name }, 'a fact of the host cannot be read');
      this.#failing = true;
    }
    return this.#value;
  }

  /** The next `get` reads again. */
  forget(): void {
    this.#readAtMs = null;
  }
}

import type { Clock, Timer } from '@dcvsm/runtime';
import type { World } from './world.js';

const START_MS = Date.UTC(2026, 0, 1);

/** A computer with a clock of its own, which runs too quickly or too slowly and can be set. */
export class Computer {
  /** How far the wall clock is off, besides what the drift does. */
  wallOffsetMs = 0;

  constructor(
    readonly world: World,
    readonly name: string,
    /** Of its clock against true time. */
    readonly rate: number,
  ) {}
}

/** The time of one process: of its computer, and none any more once it is dead. */
export class ProcessClock implements Clock {
  readonly #startedMs: number;
  isDead = false;
  #undisturbedSinceMs: number;
  #frozen: (() => void)[] | null = null;

  constructor(readonly computer: Computer) {
    this.#undisturbedSinceMs = computer.world.nowMs;
    this.#startedMs = computer.world.nowMs;
  }

  now(): number {
    const { world, rate, wallOffsetMs } = this.computer;
    return Math.floor(START_MS + wallOffsetMs + world.nowMs * rate);
  }

  monotonicMs(): number {
    const { world, rate } = this.computer;
    return (world.nowMs - this.#startedMs) * rate;
  }

  after(ms: number, action: () => void | Promise<void>): Timer {
    const { world, rate } = this.computer;
    return world.after(Math.max(0, ms) / rate, () =>
      this.whenAwake(() => {
        const work = action();
        if (work !== undefined)
          void work.catch((cause: unknown) => world.broken(`a timer's work failed: ${cause}`));
      }),
    );
  }

  /** The process is stopped, as by SIGSTOP or a busy machine; what comes meanwhile waits. */
  freeze(ms: number): void {
    this.#frozen ??= [];
    this.#undisturbedSinceMs = Infinity;
    this.computer.world.after(ms, () => {
      const waiting = this.#frozen ?? [];
      this.#frozen = null;
      this.#undisturbedSinceMs = this.computer.world.nowMs;
      for (const action of waiting) this.whenAwake(action);
    });
  }

  /** How long it has run without a stop. */
  get undisturbedForMs(): number {
    return this.computer.world.nowMs - this.#undisturbedSinceMs;
  }

  /** Everything that reaches the process comes through here. Nothing reaches a dead one. */
  whenAwake(action: () => void): void {
    if (this.isDead) return;
    if (this.#frozen === null) action();
    else this.#frozen.push(action);
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error);
      const onAbort = (): void => {
        timer.cancel();
        reject(signal?.reason as Error);
      };
      const timer = this.after(ms, () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      });
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }
}

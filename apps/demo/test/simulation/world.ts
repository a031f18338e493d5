import { createHash } from 'node:crypto';
import type { Random, Timer } from '@dcvsm/runtime';
import { seededRandom } from '@dcvsm/testkit';

interface Due {
  readonly atMs: number;
  readonly order: number;
  action: (() => void) | null;
}

/** A promise of the fleet was broken; the message says which and by what. */
export class Violation extends Error {}

/** True time of the simulated world, which no process in it can read, and everything that will happen in it. */
export class World {
  #nowMs = 0;
  #order = 0;
  #events = 0;
  readonly #heap: Due[] = [];
  readonly #hash = createHash('sha256');
  #broken: Violation | null = null;
  readonly history: string[] = [];

  constructor(readonly seed: number) {}

  get nowMs(): number {
    return this.#nowMs;
  }

  get events(): number {
    return this.#events;
  }

  /** Chance for one purpose: what one part draws does not change what another gets. */
  chance(purpose: string): Dice {
    const digest = createHash('sha256').update(`${this.seed} ${purpose}`).digest();
    return new Dice(seededRandom(digest.readUInt32LE(0)));
  }

  after(ms: number, action: () => void): Timer {
    const due: Due = { atMs: this.#nowMs + Math.max(0, ms), order: (this.#order += 1), action };
    this.#push(due);
    return { cancel: () => void (due.action = null) };
  }

  /** Writes down what happened; part of what two runs of one seed have in common. */
  note(text: string): void {
    const line = `${(this.#nowMs / 1000).toFixed(4).padStart(11)}  ${text}`;
    this.#hash.update(line).update('\n');
    this.history.push(line);
  }

  /** Writes down what is only for people, such as log lines. */
  remark(text: string): void {
    this.history.push(`${(this.#nowMs / 1000).toFixed(4).padStart(11)}      ${text}`);
  }

  /** Remembers the first broken promise; the run ends at the next opportunity. */
  broken(what: string): void {
    this.#broken ??= new Violation(what);
  }

  require(holds: boolean, what: () => string): void {
    if (!holds) this.broken(what());
  }

  /** Lets `ms` pass; after each event everything that it set off comes to rest. @throws Violation */
  async pass(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    for (let due = this.#pop(untilMs); due !== undefined; due = this.#pop(untilMs)) {
      this.#nowMs = due.atMs;
      if (due.action === null) continue;
      this.#events += 1;
      due.action();
      await rest();
      if (this.#broken !== null) throw this.#broken;
    }
    this.#nowMs = untilMs;
  }

  /** The same for two runs only if the same happened in both. */
  fingerprint(): string {
    return this.#hash.copy().update(`${this.#events} events`).digest('hex').slice(0, 16);
  }

  #push(due: Due): void {
    const heap = this.#heap;
    let at = heap.push(due) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(due, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = due;
  }

  #pop(untilMs: number): Due | undefined {
    const heap = this.#heap;
    const first = heap[0];
    if (first === undefined || first.atMs > untilMs) return undefined;
    const last = heap.pop()!;
    if (last === first) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child += 1;
      if (!isBefore(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

function isBefore(a: Due, b: Due): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}

/** Nothing here waits for anything real, so one turn of the event loop drains all that promises set off. */
function rest(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

export class Dice implements Random {
  constructor(readonly random: Random) {}

  next(): number {
    return this.random.next();
  }

  below(count: number): number {
    return Math.floor(this.next() * count);
  }

  between(from: number, to: number): number {
    return from + this.next() * (to - from);
  }

  happens(part: number): boolean {
    return this.next() < part;
  }

  pick<T>(from: readonly T[]): T | undefined {
    return from[this.below(from.length)];
  }

  /** One of the names, as often as its weight says. */
  weighted<Name extends string>(weights: Readonly<Record<Name, number>>): Name {
    const names = Object.keys(weights) as Name[];
    let left = this.next() * names.reduce((sum, name) => sum + weights[name], 0);
    for (const name of names) {
      left -= weights[name];
      if (left < 0) return name;
    }
    return names.at(-1)!;
  }
}

import type { Clock, Log, Random, Timer } from '@dcvsm/runtime';
import type { Exchange, ExchangeAnswer, NoAnswer } from './exchange.js';

export interface MemoryNetworkOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** What goes wrong with each message by itself; both may be changed at any time. */
export interface MemoryNetworkFaults {
  /** Of each message to each receiver; 0 loses none, 1 all. */
  lossRate: number;
  /** Each message takes a random time up to this. With 0 it arrives when the code that runs now has ended. */
  longestDelayMs: number;
}

type Handler = (payload: Uint8Array) => Promise<Uint8Array>;

/** Joins the brokers of one process, with the faults of a network on request. For tests and the simulator. */
export class MemoryNetwork {
  readonly faults: MemoryNetworkFaults = { lossRate: 0, longestDelayMs: 0 };
  readonly members = new Set<MemoryExchange>();
  readonly #cuts = new Set<string>();
  /** What one member sent another arrives in order, however long each message takes. */
  readonly #lastDueMs = new Map<string, number>();

  constructor(readonly options: MemoryNetworkOptions) {}

  /** A broker killed and started again joins under the same name. */
  join(name: string): MemoryExchange {
    const member = new MemoryExchange(this, name);
    this.members.add(member);
    return member;
  }

  /** Nothing passes between the two any more, and neither is told: as when message servers lose each other. */
  cut(name: string, otherName: string): void {
    this.#cuts.add(pairOf(name, otherName));
  }

  heal(name: string, otherName: string): void {
    this.#cuts.delete(pairOf(name, otherName));
  }

  reaches(from: MemoryExchange, to: MemoryExchange): boolean {
    return from.isConnected && to.isConnected && !this.#cuts.has(pairOf(from.name, to.name));
  }

  /** Calls `arrive` when the message gets to `to`, if it does. */
  send(from: MemoryExchange, to: MemoryExchange, arrive: () => void): void {
    const { clock, random } = this.options;
    const { lossRate, longestDelayMs } = this.faults;
    if (!this.reaches(from, to) || (lossRate > 0 && random.next() < lossRate)) return;
    const connection = to.connection;
    const unlessGone = (): void => {
      if (to.isConnected && to.connection === connection) arrive();
    };
    const way = `${from.name}\n${to.name}`;
    const nowMs = clock.monotonicMs();
    const delayMs = longestDelayMs > 0 ? random.next() * longestDelayMs : 0;
    const dueMs = Math.max(nowMs + delayMs, this.#lastDueMs.get(way) ?? 0);
    this.#lastDueMs.set(way, dueMs);
    if (dueMs <= nowMs) queueMicrotask(unlessGone);
    else clock.after(dueMs - nowMs, unlessGone);
  }
}

/** One broker's end of a memory network. */
export class MemoryExchange implements Exchange {
  /** Goes up with each connection, so that what was sent over a former one does not arrive. */
  connection = 1;
  readonly #network: MemoryNetwork;
  readonly #subscribers = new Listeners<(payload: Uint8Array) => void>();
  readonly #handlers = new Listeners<Handler>();
  readonly #onChange = new Set<(isConnected: boolean) => void>();
  readonly #waiting = new Set<(answer: ExchangeAnswer) => void>();
  #isConnected = true;
  #isClosed = false;

  constructor(
    network: MemoryNetwork,
    readonly name: string,
  ) {
    this.#network = network;
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  publish(subject: string, payload: Uint8Array): void {
    for (const member of this.#network.members) {
      const copy = payload.slice();
      this.#network.send(this, member, () => member.#hear(subject, copy));
    }
  }

  subscribe(subject: string, onMessage: (payload: Uint8Array) => void): () => void {
    return this.#subscribers.add(subject, onMessage);
  }

  request(subject: string, payload: Uint8Array, timeoutMs: number): Promise<ExchangeAnswer> {
    if (!this.#isConnected) return Promise.resolve(noAnswer('disconnected'));
    const servers = [...this.#network.members].filter(
      (member) => member.#handlers.of(subject).length > 0 && this.#network.reaches(this, member),
    );
    if (servers.length === 0) return Promise.resolve(noAnswer('nobody-serves'));
    return new Promise((resolve) => {
      const answered = (answer: ExchangeAnswer): void => {
        timer.cancel();
        this.#waiting.delete(answered);
        resolve(answer);
      };
      const timer: Timer = this.#network.options.clock.after(timeoutMs, () =>
        answered(noAnswer('timed-out')),
      );
      this.#waiting.add(answered);
      for (const member of servers) {
        const copy = payload.slice();
        this.#network.send(this, member, () => member.#answer(subject, copy, this, answered));
      }
    });
  }

  serve(subject: string, handler: Handler): () => void {
    return this.#handlers.add(subject, handler);
  }

  flush(): Promise<boolean> {
    return Promise.resolve(this.#isConnected);
  }

  onConnectionChange(listener: (isConnected: boolean) => void): () => void {
    this.#onChange.add(listener);
    return () => void this.#onChange.delete(listener);
  }

  /** As when this broker loses its message server, until `reconnect`. */
  disconnect(): void {
    if (!this.#isConnected) return;
    this.#isConnected = false;
    this.connection += 1;
    for (const answered of [...this.#waiting]) answered(noAnswer('disconnected'));
    for (const listener of this.#onChange) listener(false);
  }

  reconnect(): void {
    if (this.#isConnected || this.#isClosed) return;
    this.#isConnected = true;
    for (const listener of this.#onChange) listener(true);
  }

  close(): Promise<void> {
    this.#isClosed = true;
    this.#onChange.clear();
    this.disconnect();
    this.#network.members.delete(this);
    return Promise.resolve();
  }

  #hear(subject: string, payload: Uint8Array): void {
    for (const onMessage of this.#subscribers.of(subject)) {
      try {
        onMessage(payload.slice());
      } catch (cause) {
        this.#network.options.log.error({ err: cause, subject }, 'a message could not be taken in');
      }
    }
  }

  #answer(
    subject: string,
    payload: Uint8Array,
    asker: MemoryExchange,
    answered: (answer: ExchangeAnswer) => void,
  ): void {
    for (const handler of this.#handlers.of(subject)) {
      handler(payload.slice()).then(
        (answer) =>
          this.#network.send(this, asker, () => answered({ kind: 'answer', payload: answer.slice() })),
        (cause: unknown) =>
          this.#network.options.log.warn({ err: cause, subject }, 'a request could not be answered'),
      );
    }
  }
}

class Listeners<T> {
  readonly #bySubject = new Map<string, Set<{ readonly listener: T }>>();

  add(subject: string, listener: T): () => void {
    const entries = this.#bySubject.get(subject) ?? new Set();
    this.#bySubject.set(subject, entries);
    // An entry of its own, since the same function may be given twice.
    const entry = { listener };
    entries.add(entry);
    return () => {
      entries.delete(entry);
      if (entries.size === 0 && this.#bySubject.get(subject) === entries) this.#bySubject.delete(subject);
    };
  }

  /** Those of now, so that one that comes or goes meanwhile changes nothing. */
  of(subject: string): readonly T[] {
    return Array.from(this.#bySubject.get(subject) ?? [], ({ listener }) => listener);
  }
}

function pairOf(name: string, otherName: string): string {
  return [name, otherName].sort().join('\n');
}

function noAnswer(why: NoAnswer): ExchangeAnswer {
  return { kind: 'no-answer', why };
}

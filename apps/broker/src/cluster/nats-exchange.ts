import { randomBytes } from 'node:crypto';
import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node';
import { backoffMs, type BackoffPolicy, type Clock, type Log, type Random, type Timer } from '@dcvsm/runtime';
import type { Exchange, ExchangeAnswer, NoAnswer } from './exchange.js';
import { Assembly, partsOf, SENDER_BYTES } from './message-parts.js';
import { connectNats, type NatsAddress } from './nats-address.js';
import { NatsSubjects } from './nats-subjects.js';

export interface NatsExchangeOptions {
  readonly address: NatsAddress;
  /** Brokers of another cluster on the same NATS servers hear nothing of this one. */
  readonly cluster: string;
  /** By which operators know this broker among the connections of the NATS servers. */
  readonly broker: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

type Handler = (payload: Uint8Array) => Promise<Uint8Array>;

/** What this broker hears on one NATS subject. */
interface Ear {
  readonly listeners: Set<{ readonly hear: (payload: Uint8Array, message: Msg) => void }>;
  subscription: Subscription | null;
}

interface Waiting {
  readonly settle: (answer: ExchangeAnswer) => void;
  readonly assembly: Assembly;
}

const RECONNECT: BackoffPolicy = { firstMs: 100, longestMs: 5000 };
const CLOSE_MS = 2000;
const NO_RESPONDERS = 503;

/**
 * Messages over NATS. A lost connection is made anew for as long as it takes, with all that was subscribed; NATS itself
 * keeps the order of one sender, and tells at once when nobody listens.
 */
export class NatsExchange implements Exchange {
  readonly #options: NatsExchangeOptions;
  readonly #subjects: NatsSubjects;
  readonly #sender = randomBytes(SENDER_BYTES);
  readonly #ears = new Map<string, Ear>();
  readonly #waiting = new Map<number, Waiting>();
  readonly #onChange = new Set<(isConnected: boolean) => void>();
  readonly #closing = new AbortController();
  #connection: NatsConnection | null = null;
  #lost: Promise<void> = Promise.resolve();
  #messages = 0;
  #running: Promise<void> = Promise.resolve();
  #problem: string | null = null;

  private constructor(options: NatsExchangeOptions) {
    this.#options = options;
    this.#subjects = new NatsSubjects(options.cluster);
  }

  /** Resolves after the first attempt, also when it failed: a broker serves while NATS is away. */
  static async open(options: NatsExchangeOptions): Promise<NatsExchange> {
    const exchange = new NatsExchange(options);
    await new Promise<void>((resolve) => {
      exchange.#running = exchange.#keepConnected(resolve);
    });
    return exchange;
  }

  get isConnected(): boolean {
    return this.#connection !== null;
  }

  /** Why there is no connection. */
  get problem(): string | null {
    return this.#problem;
  }

  publish(subject: string, payload: Uint8Array): void {
    this.#send(this.#subjects.message(subject), payload);
  }

  subscribe(subject: string, onMessage: (payload: Uint8Array) => void): () => void {
    return this.#listen(this.#subjects.message(subject), (payload) => onMessage(payload));
  }

  request(subject: string, payload: Uint8Array, timeoutMs: number): Promise<ExchangeAnswer> {
    if (!this.isConnected) return Promise.resolve(noAnswer('disconnected'));
    const { clock } = this.#options;
    const number = (this.#messages += 1);
    return new Promise((resolve) => {
      const settle = (answer: ExchangeAnswer): void => {
        timer.cancel();
        if (this.#waiting.delete(number)) resolve(answer);
      };
      const timer: Timer = clock.after(timeoutMs, () => settle(noAnswer('timed-out')));
      this.#waiting.set(number, { settle, assembly: this.#assembly() });
      const reply = this.#subjects.answer(this.#inbox, number);
      this.#send(this.#subjects.request(subject), payload, reply);
    });
  }

  serve(subject: string, handler: Handler): () => void {
    return this.#listen(this.#subjects.request(subject), (payload, { reply }) => {
      if (reply === undefined || reply === '') return;
      // So that a handler that throws at once is one that rejects.
      void Promise.resolve(payload)
        .then(handler)
        .then(
          (answer) => this.#send(reply, answer),
          (cause: unknown) =>
            this.#options.log.warn({ err: cause, subject }, 'a request could not be answered'),
        )
        .catch((cause: unknown) =>
          this.#options.log.error({ err: cause, subject }, 'an answer was not sent'),
        );
    });
  }

  async flush(): Promise<boolean> {
    const connection = this.#connection;
    if (connection === null) return false;
    const lost = this.#lost.then(() => false);
    const flushed = connection.flush().then(
      () => this.#connection === connection,
      () => false,
    );
    return Promise.race([flushed, lost]);
  }

  onConnectionChange(listener: (isConnected: boolean) => void): () => void {
    this.#onChange.add(listener);
    return () => void this.#onChange.delete(listener);
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return this.#running;
    this.#ears.forEach(({ listeners }) => listeners.clear());
    this.#onChange.clear();
    const late = this.#options.clock.sleep(CLOSE_MS, this.#closing.signal).catch(() => undefined);
    await Promise.race([this.flush(), late]);
    const connection = this.#connection;
    this.#disconnected();
    this.#closing.abort(new Error('the exchange is closed'));
    await connection?.close();
    await this.#running;
  }

  get #inbox(): string {
    return this.#sender.toString('hex');
  }

  #assembly(): Assembly {
    return new Assembly(() => this.#options.clock.monotonicMs());
  }

  #send(natsSubject: string, payload: Uint8Array, reply?: string): void {
    const connection = this.#connection;
    if (connection === null) return;
    const maxBytes = connection.info?.max_payload ?? 1_048_576;
    const number = (this.#messages += 1);
    // Each part carries the address of the answer, since the last one makes the message whole.
    const options = reply === undefined ? {} : { reply };
    for (const part of partsOf(payload, { sender: this.#sender, number, maxBytes }))
      connection.publish(natsSubject, part, options);
  }

  #listen(natsSubject: string, hear: (payload: Uint8Array, message: Msg) => void): () => void {
    const ear = this.#ears.get(natsSubject) ?? { listeners: new Set(), subscription: null };
    const listener = { hear };
    ear.listeners.add(listener);
    if (!this.#ears.has(natsSubject)) {
      this.#ears.set(natsSubject, ear);
      this.#subscribe(natsSubject, ear);
    }
    return () => {
      ear.listeners.delete(listener);
      if (ear.listeners.size > 0 || this.#ears.get(natsSubject) !== ear) return;
      this.#ears.delete(natsSubject);
      ear.subscription?.unsubscribe();
    };
  }

  #subscribe(natsSubject: string, ear: Ear): void {
    const assembly = this.#assembly();
    const callback = (error: Error | null, message: Msg): void => {
      if (error !== null) return this.#options.log.error({ err: error }, 'NATS refused a subscription');
      const payload = assembly.take(message.data);
      if (payload !== null) this.#hear(ear, payload, message);
    };
    ear.subscription = this.#connection?.subscribe(natsSubject, { callback }) ?? null;
  }

  #hear(ear: Ear, payload: Uint8Array, message: Msg): void {
    for (const { hear } of [...ear.listeners]) {
      try {
        hear(payload.slice(), message);
      } catch (cause) {
        const { subject } = message;
        this.#options.log.error({ err: cause, subject }, 'a message could not be taken in');
      }
    }
  }

  #hearAnswer({ subject, data, headers }: Msg): void {
    const waiting = this.#waiting.get(Number(subject.slice(subject.lastIndexOf('.') + 1)));
    if (waiting === undefined) return;
    if (headers?.code === NO_RESPONDERS && data.length === 0)
      return waiting.settle(noAnswer('nobody-serves'));
    const payload = waiting.assembly.take(data);
    if (payload !== null) waiting.settle({ kind: 'answer', payload: payload.slice() });
  }

  /** Until it is closed. All servers are tried in each attempt. */
  async #keepConnected(onTried: () => void): Promise<void> {
    const { address, broker, clock, random, log } = this.#options;
    const { signal } = this.#closing;
    for (let failures = 0; !signal.aborted; failures += 1) {
      try {
        const connection = await connectNats(address, broker);
        if (signal.aborted) return await connection.close();
        failures = 0;
        this.#connected(connection);
        onTried();
        const cause = await connection.closed();
        if (signal.aborted) return;
        this.#disconnected(cause instanceof Error ? cause.message : 'the connection was closed');
      } catch (cause) {
        this.#problem = wordsOf(cause);
        log.warn({ err: cause, servers: address.servers }, 'cannot reach NATS; trying again');
        onTried();
      }
      await clock.sleep(backoffMs(RECONNECT, failures, random), signal).catch(() => undefined);
    }
  }

  #connected(connection: NatsConnection): void {
    this.#connection = connection;
    this.#problem = null;
    this.#lost = connection.closed().then(() => undefined);
    connection.subscribe(this.#subjects.answer(this.#inbox, '*'), {
      callback: (error, message) => {
        if (error === null) this.#hearAnswer(message);
      },
    });
    for (const [natsSubject, ear] of this.#ears) this.#subscribe(natsSubject, ear);
    this.#options.log.info({ server: connection.getServer() }, 'connected to NATS');
    this.#tell(true);
  }

  #disconnected(problem: string | null = null): void {
    if (this.#connection === null) return;
    this.#connection = null;
    this.#problem = problem;
    for (const { settle } of [...this.#waiting.values()]) settle(noAnswer('disconnected'));
    if (problem !== null) this.#options.log.warn({ problem }, 'lost the connection to NATS');
    this.#tell(false);
  }

  #tell(isConnected: boolean): void {
    for (const listener of [...this.#onChange]) {
      try {
        listener(isConnected);
      } catch (cause) {
        this.#options.log.error({ err: cause }, 'a change of the connection could not be taken in');
      }
    }
  }
}

function wordsOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

function noAnswer(why: NoAnswer): ExchangeAnswer {
  return { kind: 'no-answer', why };
}

import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Clock } from '@dcvsm/runtime';

export interface FaultProxyOptions {
  readonly clock: Clock;
  /** Port of 127.0.0.1 to which connections are passed on. */
  readonly targetPort: number;
}

const MOST_HELD_BYTES = 16 * 1_048_576;

/**
 * A TCP proxy on the loopback that has the faults of a network. Lost packets are no fault of their own here: TCP sends them
 * again, so what the ends see of them is delay, or silence.
 */
export class FaultProxy implements AsyncDisposable {
  readonly #options: FaultProxyOptions;
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  #delayMs = 0;
  #isDark = false;
  #isHeld = false;

  private constructor(options: FaultProxyOptions) {
    this.#options = options;
    // Half-open is what the ends decide on, not we.
    this.#server = createServer({ allowHalfOpen: true }, (client) => this.#accept(client));
  }

  static async start(options: FaultProxyOptions): Promise<FaultProxy> {
    const proxy = new FaultProxy(options);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Connections that at least one end still has open. */
  get connectionCount(): number {
    return this.#pairs.size;
  }

  /** From now on every byte, either way, arrives that much later. */
  delay(ms: number): void {
    this.#delayMs = ms;
    for (const pair of this.#pairs) pair.delayMs = ms;
  }

  /**
   * From now on nothing passes, either way, and nobody is told: what is sent is lost, also the news that one end closed.
   * The connections of now stay dead. New ones get no answer until `release`, as their first packets are sent again.
   */
  goDark(): void {
    this.#isDark = true;
    for (const pair of this.#pairs) pair.goDark();
  }

  /** As a partition that heals in time: nothing passes until `release`, and then everything does, in order. */
  hold(): void {
    this.#isHeld = true;
    for (const pair of this.#pairs) pair.hold();
  }

  /** Ends `goDark` for new connections and `hold` for all. */
  release(): void {
    this.#isDark = false;
    this.#isHeld = false;
    for (const pair of this.#pairs) pair.release();
  }

  /** Ends all connections at once, on both sides, with a reset. */
  cut(): void {
    for (const pair of this.#pairs) pair.cut();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #accept(client: Socket): void {
    const { clock, targetPort } = this.#options;
    const target = connect({ host: '127.0.0.1', port: targetPort, allowHalfOpen: true });
    const pair = new Pair(clock, client, target, () => this.#pairs.delete(pair));
    this.#pairs.add(pair);
    pair.delayMs = this.#delayMs;
    if (this.#isDark || this.#isHeld) pair.hold();
  }
}

/** One connection: what comes on either side goes out on the other. */
class Pair {
  delayMs = 0;
  readonly #sides: readonly [Side, Side];

  constructor(clock: Clock, client: Socket, target: Socket, onGone: () => void) {
    const sideOf = (from: Socket, to: Socket): Side => new Side(clock, from, to, () => this.delayMs);
    this.#sides = [sideOf(client, target), sideOf(target, client)];
    let open = 2;
    for (const socket of [client, target]) {
      socket.setNoDelay(true);
      socket.once('close', () => {
        open -= 1;
        if (open === 0) onGone();
      });
    }
  }

  goDark(): void {
    for (const side of this.#sides) side.goDark();
  }

  hold(): void {
    for (const side of this.#sides) side.hold();
  }

  release(): void {
    for (const side of this.#sides) side.release();
  }

  cut(): void {
    for (const side of this.#sides) side.cut();
  }
}

/** One way of a connection. */
class Side {
  readonly #clock: Clock;
  readonly #from: Socket;
  #isDark = false;
  #held: (() => void)[] | null = null;
  #heldBytes = 0;
  /** What is on its way goes out in order, so that a shorter delay does not overtake a longer one. */
  #before: Promise<void> = Promise.resolve();
  #onTheWay = 0;

  constructor(clock: Clock, from: Socket, to: Socket, delayMs: () => number) {
    this.#clock = clock;
    this.#from = from;
    from.on('data', (chunk: Buffer) => this.#pass(delayMs(), chunk.length, () => void to.write(chunk)));
    from.on('end', () => this.#pass(delayMs(), 0, () => void to.end()));
    // A reset: the other end gets one as well. An error is always followed by it.
    from.on('error', () => undefined);
    from.on('close', (hadError) => {
      if (hadError) this.#pass(delayMs(), 0, () => void to.resetAndDestroy());
    });
  }

  goDark(): void {
    this.#isDark = true;
  }

  hold(): void {
    this.#held ??= [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = null;
    this.#heldBytes = 0;
    for (const send of held) send();
  }

  cut(): void {
    this.#from.resetAndDestroy();
  }

  #pass(delayMs: number, bytes: number, send: () => void): void {
    if (this.#isDark) return;
    if (this.#held !== null) return this.#keep(bytes, send);
    if (delayMs === 0 && this.#onTheWay === 0) return send();
    const dueMs = this.#clock.monotonicMs() + delayMs;
    this.#onTheWay += 1;
    this.#before = this.#before.then(async () => {
      const leftMs = dueMs - this.#clock.monotonicMs();
      if (leftMs > 0) await this.#clock.sleep(leftMs);
      this.#onTheWay -= 1;
      if (!this.#isDark) send();
    });
  }

  #keep(bytes: number, send: () => void): void {
    this.#heldBytes += bytes;
    if (this.#heldBytes > MOST_HELD_BYTES) throw new Error('a held connection sends without end');
    this.#held?.push(send);
  }
}

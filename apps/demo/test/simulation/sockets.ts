import { EventEmitter } from 'node:events';
import type { WebSocket } from 'ws';
import type { ProcessClock } from './computer.js';
import type { Dice, World } from './world.js';

type Item =
  | { readonly kind: 'message'; readonly text: string }
  | { readonly kind: 'ping' | 'pong' | 'end' | 'close-reply' }
  | { readonly kind: 'close'; readonly code: number; readonly reason: string };

/** The way between a host and the broker. What is on it while it hangs arrives late, if the connection lives so long. */
export class Route {
  #hangsUntilMs = 0;
  #hangsSinceMs = 0;
  /** Lasting slowness. */
  extraMs = 0;

  constructor(
    readonly world: World,
    readonly dice: Dice,
  ) {}

  hang(ms: number): void {
    if (this.hangsForMs === 0) this.#hangsSinceMs = this.world.nowMs;
    this.#hangsUntilMs = Math.max(this.#hangsUntilMs, this.world.nowMs + ms);
  }

  heal(): void {
    this.#hangsUntilMs = 0;
    this.extraMs = 0;
  }

  get hangsForMs(): number {
    return Math.max(0, this.#hangsUntilMs - this.world.nowMs);
  }

  /** How long nothing has come through already. */
  get hasHungForMs(): number {
    return this.hangsForMs > 0 ? this.world.nowMs - this.#hangsSinceMs : 0;
  }

  delayMs(): number {
    return this.extraMs * this.dice.next() + this.dice.between(0.05, this.dice.happens(0.02) ? 400 : 3);
  }
}

const CLOSE_TIMEOUT_MS = 30_000;

/** One end of a WebSocket, with as much of it as the programs use. In a living connection nothing is lost or overtaken. */
export class SimSocket extends EventEmitter {
  readonly OPEN = 1;
  readyState = 1;
  bufferedAmount = 0;
  /** The process is gone: nobody hears, and nobody answers. */
  isVoid = false;
  #peer!: SimSocket;
  /** Whose end it is. */
  owner!: ProcessClock;
  readonly #way: { item: Item; atMs: number }[] = [];
  #isPumping = false;
  #paused: Item[] | null = null;

  private constructor(readonly route: Route) {
    super();
  }

  static pair(route: Route, owners: readonly [ProcessClock, ProcessClock]): [SimSocket, SimSocket] {
    const ends: [SimSocket, SimSocket] = [new SimSocket(route), new SimSocket(route)];
    ends[0].#peer = ends[1];
    ends[1].#peer = ends[0];
    ends[0].owner = owners[0];
    ends[1].owner = owners[1];
    return ends;
  }

  /** For code that knows the real one. */
  get asWebSocket(): WebSocket {
    return this as unknown as WebSocket;
  }

  send(data: string, callback?: (cause?: Error) => void): void {
    const isOpen = this.readyState === 1;
    if (isOpen) this.#put({ kind: 'message', text: data });
    if (callback) this.route.world.after(0, () => callback(isOpen ? undefined : new Error('not open')));
  }

  ping(): void {
    if (this.readyState === 1) this.#put({ kind: 'ping' });
  }

  pause(): void {
    this.#paused ??= [];
  }

  resume(): void {
    const waiting = this.#paused ?? [];
    this.#paused = null;
    this.route.world.after(0, () => waiting.forEach((item) => this.#take(item)));
  }

  close(code = 1005, reason = ''): void {
    if (this.readyState !== 1) return;
    this.readyState = 2;
    this.#put({ kind: 'close', code, reason });
    this.route.world.after(CLOSE_TIMEOUT_MS, () => this.terminate());
  }

  terminate(): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    if (this.route.dice.happens(0.5)) this.#way.length = 0;
    this.#put({ kind: 'end' });
    this.route.world.after(0.01, () => this.#closed(1006, ''));
  }

  /** The connection breaks on its way: both sides hear of it some time, and what was under way is lost. */
  break(): void {
    for (const end of [this, this.#peer]) {
      end.#way.length = 0;
      end.#put({ kind: 'end' });
    }
  }

  /** The process of this end dies. `silently`: its computer too, so that the other side is told nothing. */
  die(silently: boolean): void {
    if (this.readyState !== 3 && !silently) {
      if (this.route.dice.happens(0.5)) this.#way.length = 0;
      this.#put({ kind: 'end' });
    }
    if (silently) this.#way.length = 0;
    this.readyState = 3;
    this.isVoid = true;
    this.removeAllListeners();
  }

  #put(item: Item): void {
    const last = this.#way.at(-1)?.atMs ?? 0;
    const { world } = this.route;
    this.#way.push({ item, atMs: Math.max(last, world.nowMs + this.route.delayMs()) });
    if (item.kind === 'message') this.bufferedAmount += item.text.length;
    this.#pump();
  }

  #pump(): void {
    const first = this.#way[0];
    if (first === undefined || this.#isPumping) return;
    this.#isPumping = true;
    const { world, route } = { world: this.route.world, route: this.route };
    const waitMs = Math.max(
      first.atMs - world.nowMs,
      route.hangsForMs > 0 ? Math.min(route.hangsForMs, 1000) : 0,
    );
    world.after(waitMs, () => {
      this.#isPumping = false;
      const due = this.#way[0];
      if (due === undefined) return;
      if (route.hangsForMs > 0 || due.atMs > world.nowMs) return this.#pump();
      this.#way.shift();
      if (due.item.kind === 'message') this.bufferedAmount -= due.item.text.length;
      const peer = this.#peer;
      peer.owner.whenAwake(() => peer.#arrive(due.item));
      this.#pump();
    });
  }

  #arrive(item: Item): void {
    if (this.isVoid) return;
    if (this.readyState === 3) {
      // The system answers for a closed socket.
      if (item.kind !== 'end' && item.kind !== 'close-reply') this.#put({ kind: 'end' });
      return;
    }
    if (this.#paused !== null) this.#paused.push(item);
    else this.#take(item);
  }

  #take(item: Item): void {
    if (this.isVoid || this.readyState === 3) return;
    switch (item.kind) {
      case 'message':
        this.emit('message', Buffer.from(item.text), false);
        return;
      case 'ping':
        this.emit('ping');
        this.#put({ kind: 'pong' });
        return;
      case 'pong':
        this.emit('pong');
        return;
      case 'close':
        this.#put({ kind: 'close-reply' });
        this.readyState = 3;
        return this.#closed(item.code, item.reason);
      case 'close-reply':
        this.readyState = 3;
        return this.#closed(1000, '');
      case 'end':
        this.readyState = 3;
        return this.#closed(1006, '');
    }
  }

  #closed(code: number, reason: string): void {
    if (!this.isVoid) this.emit('close', code, Buffer.from(reason));
  }
}

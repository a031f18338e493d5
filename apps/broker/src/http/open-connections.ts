import type { RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '@dcvsm/runtime';
import { cutSlowReader } from './limits/slow-readers.js';

/**
 * The connections of a listener with the number of requests in flight on each. Node ends only those that had a request
 * before and are idle at that moment; any other would keep a stopping broker alive for as long as its client likes.
 */
export class OpenConnections {
  readonly #clock: Clock;
  readonly #inFlight = new Map<Socket, number>();
  #closing = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(socket: Socket): void {
    this.#inFlight.set(socket, 0);
    socket.once('close', () => this.#inFlight.delete(socket));
    if (this.#closing) socket.destroySoon();
  }

  /** The same listener, with its requests counted. */
  watch(listener: RequestListener): RequestListener {
    return (request, response) => {
      const { socket } = request;
      this.#count(socket, 1);
      response.on('close', () => this.#count(socket, -1));
      cutSlowReader(response, this.#clock);
      listener(request, response);
    };
  }

  /** Ends what has no request in flight now, and the others as soon as they have none. */
  closeWhenIdle(): void {
    this.#closing = true;
    for (const socket of this.#inFlight.keys()) this.#count(socket, 0);
  }

  #count(socket: Socket, change: number): void {
    const known = this.#inFlight.get(socket);
    if (known === undefined) return;
    const count = known + change;
    this.#inFlight.set(socket, count);
    if (this.#closing && count === 0) socket.destroySoon();
  }
}

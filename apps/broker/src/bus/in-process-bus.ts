import type { Bus, CommandAnswer, CommandCarrier, CommandRequest } from './bus.js';

/** The bus of a single broker. */
export class InProcessBus implements Bus {
  readonly #carriers = new Map<string, CommandCarrier>();

  serve(serverId: string, carrier: CommandCarrier): () => void {
    this.#carriers.set(serverId, carrier);
    return () => {
      // A late end of an old link must not cut off the newer one.
      if (this.#carriers.get(serverId) === carrier) this.#carriers.delete(serverId);
    };
  }

  async request(request: CommandRequest): Promise<CommandAnswer> {
    const carrier = this.#carriers.get(request.serverId);
    return carrier === undefined ? { kind: 'unanswered', why: 'no-link' } : carrier(request);
  }
}

/** Sockets that have not said hello yet; more at once are not a fleet coming back but somebody else. */
const MAX_ALTOGETHER = 2_000;
/** One agent opens one at a time; others may be on their way when the first got stuck. */
const MAX_OF_ONE_CLIENT = 16;

/** Sockets on their way to a link. */
export class Strangers {
  readonly #welcomes = new Set<Promise<void>>();
  readonly #ofClient = new Map<string, number>();

  /** Whether another one may come; `clientId` null: of an agent that did not have to say who it is. */
  hasRoomFor(clientId: string | null): boolean {
    if (this.#welcomes.size >= MAX_ALTOGETHER) return false;
    return clientId === null || (this.#ofClient.get(clientId) ?? 0) < MAX_OF_ONE_CLIENT;
  }

  /** Counts a socket until its welcome, which never rejects, has ended. */
  add(clientId: string | null, welcome: Promise<void>): void {
    this.#welcomes.add(welcome);
    this.#count(clientId, 1);
    void welcome.then(() => {
      this.#welcomes.delete(welcome);
      this.#count(clientId, -1);
    });
  }

  /** Resolves when nobody is on the way any more. */
  async settled(): Promise<void> {
    await Promise.all(this.#welcomes);
  }

  #count(clientId: string | null, change: number): void {
    if (clientId === null) return;
    const count = (this.#ofClient.get(clientId) ?? 0) + change;
    if (count > 0) this.#ofClient.set(clientId, count);
    else this.#ofClient.delete(clientId);
  }
}

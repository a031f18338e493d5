/**
 * Counts what this agent changed among the sessions of its host. A listing taken at another count than the
 * present one is stale: sent after the outcome of a create, it would tell the broker that the session is gone.
 */
export class SessionChanges {
  #count = 0;

  get count(): number {
    return this.#count;
  }

  happened(): void {
    this.#count += 1;
  }
}

/**
 * Keys in ascending order by code unit, for pages that stay stable while entries come and go: a page starts
 * after a key, whether or not that key still exists.
 */
export class SortedKeys {
  readonly #keys: string[] = [];

  add(key: string): void {
    const at = this.#firstNotBefore(key);
    if (this.#keys[at] !== key) this.#keys.splice(at, 0, key);
  }

  delete(key: string): void {
    const at = this.#firstNotBefore(key);
    if (this.#keys[at] === key) this.#keys.splice(at, 1);
  }

  get size(): number {
    return this.#keys.length;
  }

  /** Keys greater than `after`; all keys when it is null. */
  *after(after: string | null): Generator<string> {
    const start = after === null ? 0 : this.#firstNotBefore(after);
    for (let at = start; at < this.#keys.length; at += 1) {
      const key = this.#keys[at];
      if (key !== undefined && key !== after) yield key;
    }
  }

  #firstNotBefore(key: string): number {
    let low = 0;
    let high = this.#keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#keys[middle] as string) < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

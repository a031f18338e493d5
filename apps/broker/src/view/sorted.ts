/** Longer blocks are split; inserting moves at most this many keys (one array of 100,000 costs 0.1 ms a key). */
const LONGEST_BLOCK = 512;

/**
 * Items in ascending order of their keys by code unit, for pages that stay stable while items come and go: a page starts
 * after a key, whether or not that key still exists. Kept as blocks, each in order and none empty. Items, since looking
 * each up by its key costs more than all else that a page of sessions takes (0.4 µs among 100,000).
 */
export class Sorted<Item> {
  readonly #keyOf: (item: Item) => string;
  readonly #blocks: Item[][] = [];
  #size = 0;

  constructor(keyOf: (item: Item) => string) {
    this.#keyOf = keyOf;
  }

  /** Changes nothing if there is one with that key. */
  add(item: Item): void {
    const key = this.#keyOf(item);
    const blockAt = Math.max(0, this.#blockOf(key));
    const block = this.#blocks[blockAt];
    if (block === undefined) {
      this.#blocks.push([item]);
      this.#size = 1;
      return;
    }
    const at = this.#firstNotBefore(block, key);
    if (this.#hasAt(block, at, key)) return;
    block.splice(at, 0, item);
    this.#size += 1;
    if (block.length > LONGEST_BLOCK) this.#blocks.splice(blockAt + 1, 0, block.splice(LONGEST_BLOCK >> 1));
  }

  delete(key: string): void {
    const blockAt = this.#blockOf(key);
    const block = this.#blocks[blockAt];
    if (block === undefined) return;
    const at = this.#firstNotBefore(block, key);
    if (!this.#hasAt(block, at, key)) return;
    block.splice(at, 1);
    this.#size -= 1;
    if (block.length === 0) this.#blocks.splice(blockAt, 1);
  }

  get size(): number {
    return this.#size;
  }

  [Symbol.iterator](): Iterator<Item> {
    return this.after(null);
  }

  /** Those whose keys are greater than `after`; all when it is null. */
  *after(after: string | null): Generator<Item> {
    const firstBlock = after === null ? 0 : Math.max(0, this.#blockOf(after));
    for (let blockAt = firstBlock; blockAt < this.#blocks.length; blockAt += 1) {
      const block = this.#blocks[blockAt] ?? [];
      const isFirst = after !== null && blockAt === firstBlock;
      const start = isFirst ? this.#firstNotBefore(block, after) : 0;
      const skipped = isFirst && this.#hasAt(block, start, after) ? 1 : 0;
      for (let at = start + skipped; at < block.length; at += 1) yield block[at] as Item;
    }
  }

  /** The last block that begins at or before the key; -1 if all begin after it. */
  #blockOf(key: string): number {
    let low = 0;
    let high = this.#blocks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#keyOf(this.#blocks[middle]?.[0] as Item) <= key) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  #firstNotBefore(block: readonly Item[], key: string): number {
    let low = 0;
    let high = block.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#keyOf(block[middle] as Item) < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #hasAt(block: readonly Item[], at: number, key: string): boolean {
    return at < block.length && this.#keyOf(block[at] as Item) === key;
  }
}

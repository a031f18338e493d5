/** Longer blocks are split; inserting moves at most this many keys (one array of 100,000 costs 0.1 ms a key). */
const LONGEST_BLOCK = 512;

/**
 * Keys in ascending order by code unit, for pages that stay stable while entries come and go: a page starts
 * after a key, whether or not that key still exists. Kept as blocks, each in order and none empty.
 */
export class SortedKeys {
  readonly #blocks: string[][] = [];
  #size = 0;

  add(key: string): void {
    const blockAt = Math.max(0, this.#blockOf(key));
    const block = this.#blocks[blockAt];
    if (block === undefined) {
      this.#blocks.push([key]);
      this.#size = 1;
      return;
    }
    const at = firstNotBefore(block, key);
    if (block[at] === key) return;
    block.splice(at, 0, key);
    this.#size += 1;
    if (block.length > LONGEST_BLOCK) this.#blocks.splice(blockAt + 1, 0, block.splice(LONGEST_BLOCK >> 1));
  }

  delete(key: string): void {
    const blockAt = this.#blockOf(key);
    const block = this.#blocks[blockAt];
    if (block === undefined) return;
    const at = firstNotBefore(block, key);
    if (block[at] !== key) return;
    block.splice(at, 1);
    this.#size -= 1;
    if (block.length === 0) this.#blocks.splice(blockAt, 1);
  }

  get size(): number {
    return this.#size;
  }

  /** Keys greater than `after`; all keys when it is null. */
  *after(after: string | null): Generator<string> {
    const firstBlock = after === null ? 0 : Math.max(0, this.#blockOf(after));
    for (let blockAt = firstBlock; blockAt < this.#blocks.length; blockAt += 1) {
      const block = this.#blocks[blockAt] ?? [];
      const start = after === null || blockAt > firstBlock ? 0 : firstNotBefore(block, after);
      for (let at = start; at < block.length; at += 1) {
        const key = block[at];
        if (key !== undefined && key !== after) yield key;
      }
    }
  }

  /** The last block that begins at or before the key; -1 if all begin after it. */
  #blockOf(key: string): number {
    let low = 0;
    let high = this.#blocks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#blocks[middle]?.[0] as string) <= key) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

function firstNotBefore(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] as string) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

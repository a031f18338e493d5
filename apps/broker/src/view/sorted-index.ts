import { Sorted } from './sorted.js';

/** Which items have a value, in ascending order for each: pages of one owner need no sorting of all that he has. */
export class SortedIndex<Item> {
  readonly #keyOf: (item: Item) => string;
  readonly #groups = new Map<string, Sorted<Item>>();

  constructor(keyOf: (item: Item) => string) {
    this.#keyOf = keyOf;
  }

  add(group: string, item: Item): void {
    let items = this.#groups.get(group);
    if (items === undefined) this.#groups.set(group, (items = new Sorted(this.#keyOf)));
    items.add(item);
  }

  delete(group: string, key: string): void {
    const items = this.#groups.get(group);
    if (items === undefined) return;
    items.delete(key);
    if (items.size === 0) this.#groups.delete(group);
  }

  get(group: string): Sorted<Item> {
    return this.#groups.get(group) ?? new Sorted(this.#keyOf);
  }
}

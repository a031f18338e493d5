import { isBefore, type Rank, type Ranked } from '../domain/placement.js';
import type { ServerEntry } from './server-entry.js';

/** Keeps the rank under which it was sorted in: the server itself goes on changing. */
interface Node extends Ranked {
  readonly entry: ServerEntry;
  rank: Rank;
  position: number;
}

/** The servers that fit one kind of request as a heap, best at the top; a change of one server costs its logarithm. */
export class PlacementPool {
  readonly #heap: Node[] = [];
  readonly #nodes = new Map<ServerEntry, Node>();
  readonly #fits: (entry: ServerEntry) => boolean;
  readonly #rankOf: (entry: ServerEntry) => Rank;

  constructor(fits: (entry: ServerEntry) => boolean, rankOf: (entry: ServerEntry) => Rank) {
    this.#fits = fits;
    this.#rankOf = rankOf;
  }

  /** Looks at a server again: it may fit now or no longer, or rank differently. */
  update(entry: ServerEntry): void {
    const node = this.#nodes.get(entry);
    if (!this.#fits(entry)) {
      if (node !== undefined) this.#remove(node);
      return;
    }
    const rank = this.#rankOf(entry);
    if (node === undefined) this.#add({ entry, id: entry.id, rank, position: this.#heap.length });
    else {
      node.rank = rank;
      this.#settle(node);
    }
  }

  /** From the best on; who takes only the first pays only for the first. */
  *bestFirst(): Generator<ServerEntry> {
    const frontier = this.#heap.slice(0, 1);
    for (let best = takeBest(frontier); best !== undefined; best = takeBest(frontier)) {
      yield best.entry;
      frontier.push(...this.#childrenOf(best));
    }
  }

  #add(node: Node): void {
    this.#nodes.set(node.entry, node);
    this.#heap.push(node);
    this.#settle(node);
  }

  #remove(node: Node): void {
    this.#nodes.delete(node.entry);
    const last = this.#heap.pop();
    if (last === undefined || last === node) return;
    this.#put(last, node.position);
    this.#settle(last);
  }

  /** Up while it is better than its parent, else down while a child is better. */
  #settle(node: Node): void {
    for (let parent = this.#parentOf(node); parent && isBefore(node, parent); parent = this.#parentOf(node)) {
      this.#swap(node, parent);
    }
    for (
      let child = this.#bestChildOf(node);
      child && isBefore(child, node);
      child = this.#bestChildOf(node)
    ) {
      this.#swap(node, child);
    }
  }

  #parentOf(node: Node): Node | undefined {
    return node.position === 0 ? undefined : this.#heap[(node.position - 1) >> 1];
  }

  #bestChildOf(node: Node): Node | undefined {
    const left = this.#heap[2 * node.position + 1];
    const right = this.#heap[2 * node.position + 2];
    if (left === undefined || right === undefined) return left;
    return isBefore(right, left) ? right : left;
  }

  #childrenOf(node: Node): Node[] {
    return this.#heap.slice(2 * node.position + 1, 2 * node.position + 3);
  }

  #swap(a: Node, b: Node): void {
    const position = a.position;
    this.#put(a, b.position);
    this.#put(b, position);
  }

  #put(node: Node, position: number): void {
    node.position = position;
    this.#heap[position] = node;
  }
}

/** The frontier is as long as the number of servers refused so far, usually one. */
function takeBest(frontier: Node[]): Node | undefined {
  let best = 0;
  for (let at = 1; at < frontier.length; at += 1) {
    if (isBefore(frontier[at] as Node, frontier[best] as Node)) best = at;
  }
  return frontier.splice(best, 1)[0];
}

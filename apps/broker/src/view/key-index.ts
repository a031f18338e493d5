const NONE: ReadonlySet<string> = new Set();

/** Which keys have a value: by owner, by server, by state. Empty groups take no memory. */
export class KeyIndex<Group> {
  readonly #groups = new Map<Group, Set<string>>();

  add(group: Group, key: string): void {
    const keys = this.#groups.get(group);
    if (keys === undefined) this.#groups.set(group, new Set([key]));
    else keys.add(key);
  }

  delete(group: Group, key: string): void {
    const keys = this.#groups.get(group);
    if (keys === undefined) return;
    keys.delete(key);
    if (keys.size === 0) this.#groups.delete(group);
  }

  groups(): Iterable<readonly [Group, ReadonlySet<string>]> {
    return this.#groups;
  }

  get(group: Group): ReadonlySet<string> {
    return this.#groups.get(group) ?? NONE;
  }
}

import type { z } from 'zod';
import type { Registration, RegistrationKind, Store } from '../store/store.js';

/** One registration with its body read. */
export interface Entry<Body> {
  readonly id: string;
  readonly uniqueName: string | null;
  readonly createdAtMs: number;
  readonly body: Body;
}

type Kept<Body> = Entry<Body> & { readonly version: number };

/** What a change makes of an entry: its new body, and a new unique name if that changes too. */
export interface EntryChange<Body> {
  readonly body: Body;
  readonly uniqueName?: string | null;
}

/**
 * The registrations of one kind: read from memory, written to the store first. One per kind and broker, so that what
 * is asked at every request (is this client still active?) costs no look at the store.
 */
export class Registry<Body> {
  readonly #store: Store;
  readonly #kind: RegistrationKind;
  readonly #schema: z.ZodType<Body>;
  readonly #byId = new Map<string, Kept<Body>>();

  private constructor(store: Store, kind: RegistrationKind, schema: z.ZodType<Body>) {
    this.#store = store;
    this.#kind = kind;
    this.#schema = schema;
  }

  /** @throws Error naming the registration whose body is not of the schema */
  static async load<Body>(
    store: Store,
    kind: RegistrationKind,
    schema: z.ZodType<Body>,
  ): Promise<Registry<Body>> {
    const registry = new Registry(store, kind, schema);
    for (const registration of await store.listRegistrations(kind)) {
      registry.#byId.set(registration.id, registry.#read(registration));
    }
    return registry;
  }

  /** Oldest first. */
  list(): readonly Entry<Body>[] {
    return [...this.#byId.values()];
  }

  get(id: string): Entry<Body> | undefined {
    return this.#byId.get(id);
  }

  async add(entry: Entry<Body>): Promise<'added' | 'exists' | 'name-taken'> {
    const answer = await this.#store.addRegistration(this.#registration(entry, 1));
    if (answer === 'added') this.#byId.set(entry.id, { ...entry, version: 1 });
    // Another broker of the store was quicker; from here on it can be changed.
    if (answer === 'exists') await this.#refresh(entry.id);
    return answer;
  }

  /**
   * Changes the entry as it is now; `change` is asked again when another change came between, and may answer null to
   * leave it as it is. Null: there is no such entry, or it was left.
   */
  async change(
    id: string,
    change: (entry: Entry<Body>) => EntryChange<Body> | null,
  ): Promise<Entry<Body> | 'name-taken' | null> {
    for (let known = this.#byId.get(id); known !== undefined; known = await this.#refresh(id)) {
      const wanted = change(known);
      if (wanted === null) return null;
      const next = { ...known, ...wanted, version: known.version + 1 };
      const answer = await this.#store.changeRegistration(
        this.#registration(next, next.version),
        known.version,
      );
      if (answer === 'name-taken') return answer;
      if (answer === 'conflict') continue;
      this.#byId.set(id, next);
      return next;
    }
    return null;
  }

  /** False: there is no such entry. */
  async remove(id: string): Promise<boolean> {
    for (let known = this.#byId.get(id); known !== undefined; known = await this.#refresh(id)) {
      const answer = await this.#store.removeRegistration(this.#kind, id, known.version);
      if (answer === 'conflict') continue;
      this.#byId.delete(id);
      return true;
    }
    return false;
  }

  /** The entry as the store has it, after somebody else changed it. */
  async #refresh(id: string): Promise<Kept<Body> | undefined> {
    const found = await this.#store.findRegistration(this.#kind, id);
    if (found === null) this.#byId.delete(id);
    else this.#byId.set(id, this.#read(found));
    return this.#byId.get(id);
  }

  #registration({ id, uniqueName, createdAtMs, body }: Entry<Body>, version: number): Registration {
    return { kind: this.#kind, id, uniqueName, createdAtMs, body: JSON.stringify(body), version };
  }

  #read({ id, uniqueName, createdAtMs, body, version }: Registration): Kept<Body> {
    const parsed = this.#schema.safeParse(JSON.parse(body));
    if (parsed.success) return { id, uniqueName, createdAtMs, body: parsed.data, version };
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`The stored ${this.#kind} "${id}" cannot be read: ${problems.join('; ')}`);
  }
}

import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock, Ids } from '@dcvsm/runtime';
import type { ApiClient, Store } from '../store/store.js';

export interface NewApiClient {
  readonly id: string;
  /** Shown once; only its keyed hash is kept. */
  readonly password: string;
}

/**
 * The API clients, in memory and in the store. Passwords are 256 random bits that we make, so a keyed hash is enough:
 * a slow one would only let strangers keep the token endpoint busy.
 */
export class ApiClients {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #pepper: Buffer;
  readonly #byId = new Map<string, ApiClient>();

  private constructor(store: Store, clock: Clock, ids: Ids, pepper: string) {
    this.#store = store;
    this.#clock = clock;
    this.#ids = ids;
    this.#pepper = Buffer.from(pepper, 'base64url');
  }

  static async load(store: Store, clock: Clock, ids: Ids): Promise<ApiClients> {
    const pepper = await store.secret('api-client-pepper', ids.secret(32));
    const clients = new ApiClients(store, clock, ids, pepper);
    for (const client of await store.listApiClients()) clients.#byId.set(client.id, client);
    return clients;
  }

  async register(name: string): Promise<NewApiClient | 'name-taken'> {
    const id = this.#ids.uuid();
    const password = this.#ids.secret(32);
    const createdAtMs = this.#clock.now();
    const client: ApiClient = { id, name, active: true, passwordHash: this.#hash(password), createdAtMs };
    if ((await this.#store.addApiClient(client)) === 'name-taken') return 'name-taken';
    this.#byId.set(id, client);
    return { id, password };
  }

  list(): Promise<readonly ApiClient[]> {
    return this.#store.listApiClients();
  }

  /** Its tokens stop working at once. False: there is no such client. */
  async deactivate(id: string): Promise<boolean> {
    const known = await this.#store.deactivateApiClient(id);
    const client = this.#byId.get(id);
    if (client !== undefined) this.#byId.set(id, { ...client, active: false });
    return known;
  }

  isActive(id: string): boolean {
    return this.#byId.get(id)?.active === true;
  }

  /** Takes the same time whether the id or the password is wrong. */
  authenticate(id: string, password: string): boolean {
    const client = this.#byId.get(id);
    const expected = Buffer.from(client?.passwordHash ?? this.#hash(''), 'base64url');
    const matches = timingSafeEqual(expected, Buffer.from(this.#hash(password), 'base64url'));
    return matches && client?.active === true;
  }

  #hash(password: string): string {
    return createHmac('sha256', this.#pepper).update(password).digest('base64url');
  }
}

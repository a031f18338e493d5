import { createHmac, timingSafeEqual } from 'node:crypto';
import type { OperationScope } from '@dcvsm/protocol';
import type { Clock, Ids } from '@dcvsm/runtime';
import { z } from 'zod';
import { allScopes, unrestricted, type Restriction } from '../../domain/caller.js';
import type { Store } from '../../store/store.js';
import { Registry, type Entry } from '../registry.js';

const ApiClientBody = z.object({
  name: z.string(),
  active: z.boolean(),
  /** HMAC-SHA-256 of the password with the store's pepper, base64url. */
  passwordHash: z.string(),
  /** The limits; one that is absent does not limit, as in clients of earlier releases. */
  scopes: z.array(z.enum(['read', 'operate', 'administer'])).optional(),
  owners: z.array(z.string()).optional(),
  serverTags: z.array(z.object({ key: z.string(), value: z.string() })).optional(),
  expiresAtMs: z.number().optional(),
});
type ApiClientBody = z.infer<typeof ApiClientBody>;

/** What a client may do, and until when. */
export interface ClientLimits {
  readonly scopes: ReadonlySet<OperationScope>;
  readonly restriction: Restriction;
  /** Null: it does not expire. */
  readonly expiresAtMs: number | null;
}

export const noLimits: ClientLimits = { scopes: allScopes, restriction: unrestricted, expiresAtMs: null };

/** An API client as operators see it. */
export interface ApiClient {
  readonly id: string;
  readonly name: string;
  /** Neither unregistered nor expired. */
  readonly active: boolean;
  readonly limits: ClientLimits;
}

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
  readonly #registry: Registry<ApiClientBody>;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #pepper: Buffer;
  /** With whom a password is compared when there is no such client. */
  readonly #nobody: ApiClientBody;
  /** Made once for each body, because they are asked for at every request. */
  readonly #limits = new WeakMap<ApiClientBody, ClientLimits>();

  private constructor(registry: Registry<ApiClientBody>, clock: Clock, ids: Ids, pepper: string) {
    this.#registry = registry;
    this.#clock = clock;
    this.#ids = ids;
    this.#pepper = Buffer.from(pepper, 'base64url');
    this.#nobody = { name: '', active: false, passwordHash: this.#hash('') };
  }

  static async load(store: Store, clock: Clock, ids: Ids): Promise<ApiClients> {
    const pepper = await store.secret('api-client-pepper', ids.secret(32));
    const registry = await Registry.load(store, 'api-client', ApiClientBody);
    return new ApiClients(registry, clock, ids, pepper);
  }

  async register(name: string, limits: ClientLimits = noLimits): Promise<NewApiClient | 'name-taken'> {
    const id = this.#ids.uuid();
    const password = this.#ids.secret(32);
    const body = { name, active: true, passwordHash: this.#hash(password), ...keptLimits(limits) };
    const added = await this.#registry.add({ id, uniqueName: name, createdAtMs: this.#clock.now(), body });
    if (added === 'exists') throw new Error('an id was made twice');
    return added === 'name-taken' ? added : { id, password };
  }

  /** Active or not, oldest first. */
  list(): readonly ApiClient[] {
    return this.#registry.list().map(({ id, body }) => {
      return { id, name: body.name, active: this.#isActive(body), limits: this.#limitsOf(body) };
    });
  }

  /** Its tokens stop working at once, and its name is free. False: there is no such client. */
  async deactivate(id: string): Promise<boolean> {
    const changed = await this.#registry.change(id, ({ body }: Entry<ApiClientBody>) => ({
      body: { ...body, active: false },
      uniqueName: null,
    }));
    return changed !== null;
  }

  /** What the client may do now; null: it is unknown, unregistered or expired. */
  find(id: string): ClientLimits | null {
    const body = this.#registry.get(id)?.body;
    return body !== undefined && this.#isActive(body) ? this.#limitsOf(body) : null;
  }

  /** Takes the same time whether the id or the password is wrong. */
  authenticate(id: string, password: string): boolean {
    const client = this.#registry.get(id)?.body ?? this.#nobody;
    const expected = Buffer.from(client.passwordHash, 'base64url');
    const matches = timingSafeEqual(expected, Buffer.from(this.#hash(password), 'base64url'));
    return matches && this.#isActive(client);
  }

  #isActive({ active, expiresAtMs }: ApiClientBody): boolean {
    return active && (expiresAtMs === undefined || expiresAtMs > this.#clock.now());
  }

  #limitsOf(body: ApiClientBody): ClientLimits {
    const known = this.#limits.get(body);
    if (known !== undefined) return known;
    const limits = readLimits(body);
    this.#limits.set(body, limits);
    return limits;
  }

  #hash(password: string): string {
    return createHmac('sha256', this.#pepper).update(password).digest('base64url');
  }
}

function readLimits({ scopes, owners, serverTags, expiresAtMs }: ApiClientBody): ClientLimits {
  const isRestricted = owners !== undefined || serverTags !== undefined;
  return {
    scopes: scopes === undefined ? allScopes : new Set(scopes),
    restriction: isRestricted ? { owners: owners ?? null, serverTags: serverTags ?? null } : unrestricted,
    expiresAtMs: expiresAtMs ?? null,
  };
}

/** Only the limits that there are, so that what is kept of a client without any is what it always was. */
function keptLimits({ scopes, restriction, expiresAtMs }: ClientLimits): Partial<ApiClientBody> {
  const { owners, serverTags } = restriction;
  return {
    ...(scopes !== allScopes && { scopes: [...scopes] }),
    ...(owners !== null && { owners: [...owners] }),
    ...(serverTags !== null && { serverTags: [...serverTags] }),
    ...(expiresAtMs !== null && { expiresAtMs }),
  };
}

import type { Clock, Log } from '@dcvsm/runtime';
import { z } from 'zod';
import type { Store } from '../../store/store.js';
import type { FetchJwks } from './jwks-fetch.js';
import { jwsAlgorithms } from '../clients/jws.js';
import { Registry } from '../registry.js';
import { ServerKeys } from './server-keys.js';

const AuthServerBody = z.object({
  /** Null: what each key says, or what its type is used for. */
  algorithm: z.enum(jwsAlgorithms).nullable(),
  /** What `iss` and `aud` of its tokens have to be; null: anything. */
  issuer: z.string().nullable(),
  audience: z.string().nullable(),
  /** Scopes of ours with the name of theirs that a token needs for it; null: every token may do everything. */
  scopes: z
    .array(z.object({ ours: z.enum(['read', 'operate', 'administer']), theirs: z.string() }))
    .nullable(),
});
export type AuthServerSettings = z.infer<typeof AuthServerBody>;

/** A registered server; the object is another one after its settings have changed. */
export interface AuthServer {
  readonly url: string;
  readonly settings: AuthServerSettings;
  readonly keys: ServerKeys;
}

export interface AuthServersOptions {
  readonly store: Store;
  readonly fetchJwks: FetchJwks;
  readonly clock: Clock;
  readonly log: Log;
}

/** The external authorization servers whose tokens are accepted, by the address of their JWK set. */
export class AuthServers {
  readonly #options: AuthServersOptions;
  readonly #registry: Registry<AuthServerSettings>;
  readonly #servers = new Map<string, AuthServer>();

  private constructor(options: AuthServersOptions, registry: Registry<AuthServerSettings>) {
    this.#options = options;
    this.#registry = registry;
  }

  static async load(options: AuthServersOptions): Promise<AuthServers> {
    return new AuthServers(options, await Registry.load(options.store, 'auth-server', AuthServerBody));
  }

  /** Oldest first. */
  list(): readonly AuthServer[] {
    return this.#registry.list().map(({ id, body }) => this.#server(id, body));
  }

  /** Whether tokens that this server was asked about still count. */
  trusts({ url, settings }: AuthServer): boolean {
    return this.#registry.get(url)?.body === settings;
  }

  /**
   * Registers the server, or gives a registered one new settings, and asks for its keys. Resolves with what is wrong with
   * the answer, or null. It is registered in any case, since it may be down just now.
   */
  async register(url: string, settings: AuthServerSettings): Promise<string | null> {
    const createdAtMs = this.#options.clock.now();
    const added = await this.#registry.add({ id: url, uniqueName: null, createdAtMs, body: settings });
    if (added === 'exists') await this.#registry.change(url, () => ({ body: settings }));
    try {
      await this.#server(url, settings).keys.refresh();
      return null;
    } catch (error) {
      return (error as Error).message;
    }
  }

  /** Its tokens stop working at once. False: it is not registered. */
  async unregister(url: string): Promise<boolean> {
    this.#servers.delete(url);
    return this.#registry.remove(url);
  }

  #server(url: string, settings: AuthServerSettings): AuthServer {
    const known = this.#servers.get(url);
    if (known?.settings === settings) return known;
    const { fetchJwks, clock, log } = this.#options;
    const { algorithm } = settings;
    const server = { url, settings, keys: new ServerKeys({ url, algorithm, fetchJwks, clock, log }) };
    this.#servers.set(url, server);
    return server;
  }
}

/** What is wrong with the address of a JWK set, in words for the operator, or null. */
export function urlProblem(url: string): string | null {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) {
    return 'must be a URL such as https://my-auth-server.com/.well-known/jwks.json';
  }
  if (parsed.username !== '' || parsed.password !== '' || parsed.hash !== '') {
    return 'must have no user, password or fragment';
  }
  if (parsed.protocol === 'http:' && !LOOPBACK.test(parsed.hostname)) {
    return 'must begin with https://, since whoever could change the keys on their way could make tokens';
  }
  return null;
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

import type { Clock } from '@dcvsm/runtime';
import { z } from 'zod';
import type { Store } from '../../store/store.js';
import { Registry } from '../registry.js';

const RevokedTokenBody = z.object({ clientId: z.string(), expiresAtMs: z.number() });
type RevokedTokenBody = z.infer<typeof RevokedTokenBody>;

/** Tokens that were taken back before their end, by `jti`; each is forgotten when it would have expired anyway. */
export class RevokedTokens {
  readonly #registry: Registry<RevokedTokenBody>;
  readonly #clock: Clock;

  private constructor(registry: Registry<RevokedTokenBody>, clock: Clock) {
    this.#registry = registry;
    this.#clock = clock;
  }

  static async load(store: Store, clock: Clock): Promise<RevokedTokens> {
    return new RevokedTokens(await Registry.load(store, 'revoked-token', RevokedTokenBody), clock);
  }

  has(tokenId: string): boolean {
    return this.#registry.get(tokenId) !== undefined;
  }

  async revoke(tokenId: string, body: RevokedTokenBody): Promise<void> {
    await this.#registry.add({ id: tokenId, uniqueName: null, createdAtMs: this.#clock.now(), body });
  }

  async forgetExpired(): Promise<void> {
    const expired = this.#registry.list().filter(({ body }) => body.expiresAtMs <= this.#clock.now());
    for (const { id } of expired) await this.#registry.remove(id);
  }
}

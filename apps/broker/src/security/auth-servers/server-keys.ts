import type { Clock, Log } from '@dcvsm/runtime';
import { readJwkSet, type KeysById } from '../clients/jwk-set.js';
import type { FetchJwks } from './jwks-fetch.js';
import type { JwsAlgorithm, VerifyingKey } from '../clients/jws.js';

/** How long keys are used before they are looked up again, so that one that was withdrawn does not live on. */
const FRESH_MS = 15 * 60_000;

/** Tokens with made-up key ids must not make this broker a burden for the server. */
const COOL_DOWN_MS = 30_000;

export interface ServerKeysOptions {
  readonly url: string;
  readonly algorithm: JwsAlgorithm | null;
  readonly fetchJwks: FetchJwks;
  readonly clock: Clock;
  readonly log: Log;
}

/** The public keys of one external authorization server, fetched when they are needed and kept. */
export class ServerKeys {
  readonly #options: ServerKeysOptions;
  #keys: KeysById | null = null;
  #askedAtMs = -Infinity;
  #asking: Promise<void> | null = null;

  constructor(options: ServerKeysOptions) {
    this.#options = options;
  }

  /** False: the server never answered, so nothing can be said about its tokens. */
  get areKnown(): boolean {
    return this.#keys !== null;
  }

  /**
   * The key as far as it is known, now; undefined ids stand for the only key of the server. Keys that have become old are
   * looked up again, while they go on being used.
   */
  known(keyId: string | undefined): VerifyingKey | undefined {
    if (this.#keys !== null && this.#ageMs() >= FRESH_MS) void this.#ask();
    if (keyId !== undefined) return this.#keys?.get(keyId);
    return this.#keys?.size === 1 ? this.#keys.values().next().value : undefined;
  }

  /** The same, after asking the server for keys that are not known yet. */
  async find(keyId: string | undefined): Promise<VerifyingKey | undefined> {
    const known = this.known(keyId);
    if (known !== undefined) return known;
    await this.#ask();
    return this.known(keyId);
  }

  /** Asks the server now, whatever is known. @rejects Error with words for the operator. */
  async refresh(): Promise<void> {
    const { url, algorithm, fetchJwks, clock } = this.#options;
    this.#askedAtMs = clock.monotonicMs();
    this.#keys = readJwkSet(await fetchJwks(url), algorithm);
  }

  /** Asks the server, but once at a time and not too often. Never rejects: what is known stays in use. */
  #ask(): Promise<void> {
    if (this.#asking !== null) return this.#asking;
    if (this.#ageMs() < COOL_DOWN_MS) return Promise.resolve();
    const { url, log } = this.#options;
    this.#asking = this.refresh()
      .catch((error: unknown) => {
        log.warn({ err: error, url }, 'cannot fetch the keys of an authorization server');
      })
      .finally(() => (this.#asking = null));
    return this.#asking;
  }

  #ageMs(): number {
    return this.#options.clock.monotonicMs() - this.#askedAtMs;
  }
}

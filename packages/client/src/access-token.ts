import { z } from 'zod';
import { ApiError, networkError } from './errors.js';
import { readRetryAfter } from './retry.js';
import type { Timing } from './timing.js';

export interface Credentials {
  readonly clientId: string;
  readonly clientPassword: string;
}

/** An access token that somebody else got. Nothing is renewed: when it is refused, the call fails. */
export interface ReadyToken {
  readonly accessToken: string;
}

/** A token as it is kept between processes. */
export interface StoredToken {
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly renewAtMs: number;
}

/** Keeps a token beyond this process, so that the next one need not ask for one. Neither method may reject. */
export interface TokenStore {
  load(): Promise<StoredToken | null>;
  save(token: StoredToken): Promise<void>;
}

const TokenAnswer = z.object({ access_token: z.string(), expires_in: z.number() });

/** A token is renewed when this part of its life is over, so that none expires on its way. */
const RENEW_AFTER_PART = 0.8;

export interface TokenSourceOptions {
  /** Used as it is; a `grant_type` in its query is not said again in the body. */
  readonly tokenUrl: string;
  readonly credentials: Credentials;
  readonly fetch: typeof fetch;
  readonly timing: Timing;
  readonly store?: TokenStore | undefined;
}

/** Gets an access token when one is needed, once for all callers of the moment, and keeps it until it ages. */
export class TokenSource {
  readonly #options: TokenSourceOptions;
  #known: { readonly token: string; readonly renewAtMs: number } | null = null;
  #request: Promise<string> | null = null;
  #refused: string | null = null;

  constructor(options: TokenSourceOptions) {
    this.#options = options;
  }

  /** @rejects ApiError when the broker gives none, NetworkError when it is not reached. */
  token(): Promise<string> {
    if (this.#known !== null && this.#known.renewAtMs > this.#options.timing.monotonicMs()) {
      return Promise.resolve(this.#known.token);
    }
    this.#request ??= this.#get().finally(() => (this.#request = null));
    return this.#request;
  }

  /** That token was refused: unless it was replaced meanwhile, the next call gets a new one. */
  forget(token: string): void {
    this.#refused = token;
    if (this.#known?.token === token) this.#known = null;
  }

  async #get(): Promise<string> {
    return (await this.#stored()) ?? (await this.#renew());
  }

  /** null: none is stored, or it is too old, or it was refused. */
  async #stored(): Promise<string | null> {
    const { store, timing } = this.#options;
    const stored = (await store?.load()) ?? null;
    const leftMs = stored === null ? 0 : stored.renewAtMs - timing.nowMs();
    if (stored === null || leftMs <= 0 || stored.token === this.#refused) return null;
    this.#known = { token: stored.token, renewAtMs: timing.monotonicMs() + leftMs };
    return stored.token;
  }

  async #renew(): Promise<string> {
    const { timing, store } = this.#options;
    const askedAtMs = timing.monotonicMs();
    const askedAtTimeMs = timing.nowMs();
    const answer = await this.#ask();
    const text = await answer.text();
    if (!answer.ok) {
      const retryAfterMs = readRetryAfter(answer.headers.get('retry-after'), timing.nowMs());
      throw new ApiError('token', answer.status, `no access token: ${text.slice(0, 500)}`, {
        ...(retryAfterMs !== undefined && { retryAfterMs }),
      });
    }
    const { access_token: token, expires_in: seconds } = parseTokenAnswer(answer.status, text);
    const lifeMs = seconds * 1000 * RENEW_AFTER_PART;
    this.#known = { token, renewAtMs: askedAtMs + lifeMs };
    await store?.save({ token, renewAtMs: askedAtTimeMs + lifeMs });
    return token;
  }

  async #ask(): Promise<Response> {
    const { tokenUrl, credentials } = this.#options;
    const basic = toBase64(`${credentials.clientId}:${credentials.clientPassword}`);
    const isInQuery = new URL(tokenUrl).searchParams.has('grant_type');
    try {
      return await this.#options.fetch(tokenUrl, {
        method: 'POST',
        headers: { Authorization: `Basic ${basic}`, 'Content-Type': 'application/x-www-form-urlencoded' },
        body: isInQuery ? '' : 'grant_type=client_credentials',
      });
    } catch (error) {
      throw networkError('token', tokenUrl, error);
    }
  }
}

function parseTokenAnswer(status: number, text: string): z.infer<typeof TokenAnswer> {
  try {
    return TokenAnswer.parse(JSON.parse(text));
  } catch (cause) {
    throw new ApiError('token', status, 'the answer is no access token; is the token URL that of a broker?', {
      cause,
    });
  }
}

/** `btoa` takes Latin-1 only. */
function toBase64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

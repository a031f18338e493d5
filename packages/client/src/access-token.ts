import { z } from 'zod';
import { ApiError } from './errors.js';

export interface Credentials {
  readonly clientId: string;
  readonly clientPassword: string;
}

const TokenAnswer = z.object({ access_token: z.string(), expires_in: z.number() });

/** A token is renewed when this part of its life is over, so that none expires on its way. */
const RENEW_AFTER_PART = 0.8;

export interface TokenSourceOptions {
  readonly tokenUrl: string;
  readonly credentials: Credentials;
  readonly fetch: typeof fetch;
  /** Milliseconds since some fixed point. */
  readonly monotonicMs: () => number;
}

/** Gets an access token when one is needed, once for all callers of the moment, and keeps it until it ages. */
export class TokenSource {
  readonly #options: TokenSourceOptions;
  #current: Promise<{ token: string; renewAtMs: number }> | null = null;

  constructor(options: TokenSourceOptions) {
    this.#options = options;
  }

  async token(): Promise<string> {
    const current = this.#current === null ? null : await this.#current;
    if (current !== null && current.renewAtMs > this.#options.monotonicMs()) return current.token;
    const request = this.#request();
    this.#current = request;
    try {
      return (await request).token;
    } catch (error) {
      if (this.#current === request) this.#current = null;
      throw error;
    }
  }

  /** The token was refused: the next call gets a new one. */
  forget(): void {
    this.#current = null;
  }

  async #request(): Promise<{ token: string; renewAtMs: number }> {
    const { tokenUrl, credentials, monotonicMs } = this.#options;
    const askedAtMs = monotonicMs();
    const basic = toBase64(`${credentials.clientId}:${credentials.clientPassword}`);
    const answer = await this.#options.fetch(tokenUrl, {
      method: 'POST',
      headers: { Authorization: `Basic ${basic}`, 'Content-Type': 'application/x-www-form-urlencoded' },
      body: 'grant_type=client_credentials',
    });
    if (!answer.ok) {
      throw new ApiError('token', answer.status, `no access token: ${(await answer.text()).slice(0, 500)}`);
    }
    const { access_token: token, expires_in: seconds } = TokenAnswer.parse(await answer.json());
    return { token, renewAtMs: askedAtMs + seconds * 1000 * RENEW_AFTER_PART };
  }
}

/** `btoa` takes Latin-1 only. */
function toBase64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

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
  #known: { readonly token: string; readonly renewAtMs: number } | null = null;
  #request: Promise<string> | null = null;

  constructor(options: TokenSourceOptions) {
    this.#options = options;
  }

  /** @rejects ApiError when the broker gives none. */
  token(): Promise<string> {
    if (this.#known !== null && this.#known.renewAtMs > this.#options.monotonicMs()) {
      return Promise.resolve(this.#known.token);
    }
    this.#request ??= this.#renew().finally(() => (this.#request = null));
    return this.#request;
  }

  /** That token was refused: unless it was replaced meanwhile, the next call gets a new one. */
  forget(token: string): void {
    if (this.#known?.token === token) this.#known = null;
  }

  async #renew(): Promise<string> {
    const { tokenUrl, credentials, monotonicMs } = this.#options;
    const askedAtMs = monotonicMs();
    const basic = toBase64(`${credentials.clientId}:${credentials.clientPassword}`);
    const answer = await this.#options.fetch(tokenUrl, {
      method: 'POST',
      headers: { Authorization: `Basic ${basic}`, 'Content-Type': 'application/x-www-form-urlencoded' },
      body: 'grant_type=client_credentials',
    });
    const text = await answer.text();
    if (!answer.ok) {
      throw new ApiError('token', answer.status, `no access token: ${text.slice(0, 500)}`);
    }
    const { access_token: token, expires_in: seconds } = parseTokenAnswer(answer.status, text);
    this.#known = { token, renewAtMs: askedAtMs + seconds * 1000 * RENEW_AFTER_PART };
    return token;
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

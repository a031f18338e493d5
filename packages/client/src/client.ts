import {
  ErrorBody,
  operationIds,
  operations,
  type OperationId,
  type RequestOf,
  type ResponseOf,
} from '@dcvsm/protocol';
import { TokenSource, type Credentials, type ReadyToken, type TokenStore } from './access-token.js';
import { ApiError, networkError } from './errors.js';
import { DEFAULT_RETRY, readRetryAfter, withRetries, type RetryPolicy } from './retry.js';
import { systemTiming, type Timing } from './timing.js';
import { untilAborted } from './until-aborted.js';

export interface ClientOptions {
  /** For example `https://broker.example:8443`. */
  readonly url: string;
  /** null: the broker runs without authorization. */
  readonly credentials: Credentials | ReadyToken | null;
  /** Used as it is. Default: `<url>/oauth2/token`. */
  readonly tokenUrl?: string;
  /** Keeps the token beyond this process. */
  readonly tokenStore?: TokenStore;
  /** Default: the global one. `@dcvsm/client/node` makes one that trusts the broker's own CA. */
  readonly fetch?: typeof fetch;
  /** Try again where that is safe: `true` for `DEFAULT_RETRY`. Absent: a call is one try. */
  readonly retry?: RetryPolicy | true;
  /** For tests. */
  readonly timing?: Timing;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
}

/** One method for each operation, named as on the wire. @rejects ApiError when the broker refuses, NetworkError. */
export type DcvsmClient = {
  readonly [Id in OperationId]: (request: RequestOf<Id>, options?: CallOptions) => Promise<ResponseOf<Id>>;
};

/** Makes a client; its methods follow from the operations table. */
export function createClient(options: ClientOptions): DcvsmClient {
  const caller = new Caller(options);
  const methods = operationIds.map((id) => [
    id,
    (request: unknown, callOptions?: CallOptions) => caller.call(id, request, callOptions),
  ]);
  return Object.fromEntries(methods) as DcvsmClient;
}

const ONE_TRY: RetryPolicy = { ...DEFAULT_RETRY, retries: 0 };

class Caller {
  readonly #url: string;
  readonly #fetch: typeof fetch;
  readonly #timing: Timing;
  readonly #policy: RetryPolicy;
  readonly #readyToken: string | undefined;
  readonly #tokens: TokenSource | null;

  constructor(options: ClientOptions) {
    this.#url = options.url.replace(/\/+$/, '');
    this.#fetch = options.fetch ?? fetch;
    this.#timing = options.timing ?? systemTiming;
    this.#policy = options.retry === true ? DEFAULT_RETRY : (options.retry ?? ONE_TRY);
    const { credentials, tokenUrl = `${this.#url}/oauth2/token`, tokenStore: store } = options;
    const isReady = credentials !== null && 'accessToken' in credentials;
    this.#readyToken = isReady ? credentials.accessToken : undefined;
    this.#tokens =
      credentials === null || isReady
        ? null
        : new TokenSource({ tokenUrl, credentials, fetch: this.#fetch, timing: this.#timing, store });
  }

  call(id: OperationId, request: unknown, options: CallOptions = {}): Promise<unknown> {
    const { signal } = options;
    const retrying = { operation: id, policy: this.#policy, timing: this.#timing, signal };
    return withRetries(() => this.#try(id, request, options), retrying);
  }

  async #try(id: OperationId, request: unknown, options: CallOptions): Promise<unknown> {
    const tokens = this.#tokens;
    if (tokens === null)
      return this.#read(id, await this.#send(id, request, options, this.#readyToken), options);
    const token = await untilAborted(tokens.token(), options.signal);
    const first = await this.#send(id, request, options, token);
    if (first.status !== 401) return this.#read(id, first, options);
    // The token may have been revoked or the signing key renewed: one new token, one more try.
    await first.body?.cancel();
    tokens.forget(token);
    const renewed = await untilAborted(tokens.token(), options.signal);
    return this.#read(id, await this.#send(id, request, options, renewed), options);
  }

  async #send(id: OperationId, request: unknown, { signal }: CallOptions, token?: string): Promise<Response> {
    const { method, path, requestIn } = operations[id];
    const headers: Record<string, string> = {};
    if (token !== undefined) headers['Authorization'] = `Bearer ${token}`;
    if (requestIn !== 'path') headers['Content-Type'] = 'application/json';
    const url = this.#url + (requestIn === 'path' ? fillPath(path, request) : path);
    const init: RequestInit = {
      method,
      headers,
      ...(requestIn !== 'path' && { body: JSON.stringify(request) }),
      ...(signal !== undefined && { signal }),
    };
    try {
      return await this.#fetch(url, init);
    } catch (error) {
      throw signal?.aborted === true ? error : networkError(id, url, error);
    }
  }

  /** A connection may also end in the middle of an answer. */
  async #text(id: OperationId, answer: Response, { signal }: CallOptions): Promise<string> {
    try {
      return await answer.text();
    } catch (error) {
      throw signal?.aborted === true ? error : networkError(id, this.#url, error);
    }
  }

  async #read(id: OperationId, answer: Response, options: CallOptions): Promise<unknown> {
    const text = await this.#text(id, answer, options);
    if (!answer.ok) {
      const retryAfterMs = readRetryAfter(answer.headers.get('retry-after'), this.#timing.nowMs());
      throw new ApiError(id, answer.status, errorText(text) ?? `the broker answered ${answer.status}`, {
        ...(retryAfterMs !== undefined && { retryAfterMs }),
      });
    }
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw new ApiError(id, answer.status, 'the answer is not JSON; is the URL that of a broker?', {
        cause,
      });
    }
  }
}

function fillPath(path: string, request: unknown): string {
  const values = request as Readonly<Record<string, string>>;
  return path.replace(/\{(\w+)\}/g, (_, name: string) => pathSegment(name, values[name] ?? ''));
}

/** URLs cannot hold every value: whoever reads them takes "." and ".." for folders, however they are encoded. */
function pathSegment(name: string, value: string): string {
  if (/^\.{0,2}$/.test(value)) throw new TypeError(`${name} must not be "${value}"`);
  return encodeURIComponent(value);
}

function errorText(text: string): string | undefined {
  try {
    const body = ErrorBody.safeParse(JSON.parse(text));
    return body.success ? body.data.error : undefined;
  } catch {
    return undefined;
  }
}

import {
  ErrorBody,
  operationIds,
  operations,
  type OperationId,
  type RequestOf,
  type ResponseOf,
} from '@dcvsm/protocol';
import { TokenSource, type Credentials } from './access-token.js';
import { ApiError } from './errors.js';

export interface ClientOptions {
  /** For example `https://broker.example:8443`. */
  readonly url: string;
  /** null: the broker runs without authorization. */
  readonly credentials: Credentials | null;
  /** Default: `<url>/oauth2/token`. */
  readonly tokenUrl?: string;
  /** Default: the global one. `@dcvsm/client/node` makes one that trusts the broker's own CA. */
  readonly fetch?: typeof fetch;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
}

/** One method for each operation, named as on the wire. @rejects ApiError when the broker refuses. */
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

class Caller {
  readonly #url: string;
  readonly #fetch: typeof fetch;
  readonly #tokens: TokenSource | null;

  constructor(options: ClientOptions) {
    this.#url = options.url.replace(/\/+$/, '');
    this.#fetch = options.fetch ?? fetch;
    const { credentials, tokenUrl = `${this.#url}/oauth2/token` } = options;
    // eslint-disable-next-line no-restricted-properties -- a library for browsers too has no clock injected
    const monotonicMs = (): number => performance.now();
    this.#tokens =
      credentials === null
        ? null
        : new TokenSource({ tokenUrl, credentials, fetch: this.#fetch, monotonicMs });
  }

  async call(id: OperationId, request: unknown, options: CallOptions = {}): Promise<unknown> {
    const first = await this.#send(id, request, options);
    if (first.status !== 401 || this.#tokens === null) return this.#read(id, first);
    // The token may have been revoked or the signing key renewed: one new token, one more try.
    this.#tokens.forget();
    return this.#read(id, await this.#send(id, request, options));
  }

  async #send(id: OperationId, request: unknown, { signal }: CallOptions): Promise<Response> {
    const { method, path, requestIn } = operations[id];
    const headers: Record<string, string> = {};
    if (this.#tokens !== null) headers['Authorization'] = `Bearer ${await this.#tokens.token()}`;
    if (requestIn !== 'path') headers['Content-Type'] = 'application/json';
    return this.#fetch(this.#url + (requestIn === 'path' ? fillPath(path, request) : path), {
      method,
      headers,
      ...(requestIn !== 'path' && { body: JSON.stringify(request) }),
      ...(signal !== undefined && { signal }),
    });
  }

  async #read(id: OperationId, answer: Response): Promise<unknown> {
    const text = await answer.text();
    if (answer.ok) return JSON.parse(text);
    throw new ApiError(id, answer.status, errorText(text) ?? `the broker answered ${answer.status}`);
  }
}

function fillPath(path: string, request: unknown): string {
  const values = request as Readonly<Record<string, string>>;
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ''));
}

function errorText(text: string): string | undefined {
  try {
    const body = ErrorBody.safeParse(JSON.parse(text));
    return body.success ? body.data.error : undefined;
  } catch {
    return undefined;
  }
}

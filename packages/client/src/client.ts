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
import { untilAborted } from './until-aborted.js';

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
    const tokens = this.#tokens;
    if (tokens === null) return read(id, await this.#send(id, request, options));
    const token = await untilAborted(tokens.token(), options.signal);
    const first = await this.#send(id, request, options, token);
    if (first.status !== 401) return read(id, first);
    // The token may have been revoked or the signing key renewed: one new token, one more try.
    await first.body?.cancel();
    tokens.forget(token);
    const renewed = await untilAborted(tokens.token(), options.signal);
    return read(id, await this.#send(id, request, options, renewed));
  }

  #send(id: OperationId, request: unknown, { signal }: CallOptions, token?: string): Promise<Response> {
    const { method, path, requestIn } = operations[id];
    const headers: Record<string, string> = {};
    if (token !== undefined) headers['Authorization'] = `Bearer ${token}`;
    if (requestIn !== 'path') headers['Content-Type'] = 'application/json';
    return this.#fetch(this.#url + (requestIn === 'path' ? fillPath(path, request) : path), {
      method,
      headers,
      ...(requestIn !== 'path' && { body: JSON.stringify(request) }),
      ...(signal !== undefined && { signal }),
    });
  }
}

async function read(id: OperationId, answer: Response): Promise<unknown> {
  const text = await answer.text();
  if (!answer.ok)
    throw new ApiError(id, answer.status, errorText(text) ?? `the broker answered ${answer.status}`);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ApiError(id, answer.status, 'the answer is not JSON; is the URL that of a broker?', { cause });
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

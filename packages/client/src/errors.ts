/** What sort of no it was, for callers that treat them differently. */
export type ApiErrorKind =
  | 'bad-request'
  | 'not-authorized'
  | 'forbidden'
  | 'too-many-requests'
  | 'unavailable'
  | 'bad-answer'
  | 'other';

export interface ApiErrorOptions extends ErrorOptions {
  /** What the broker asked to wait before the next try (`Retry-After`). */
  readonly retryAfterMs?: number;
}

/** The broker said no; `message` is its own explanation. */
export class ApiError extends Error {
  /** What the broker asked to wait before the next try; absent if it said nothing. */
  readonly retryAfterMs?: number;

  constructor(
    readonly operation: string,
    readonly status: number,
    message: string,
    options: ApiErrorOptions = {},
  ) {
    const { retryAfterMs, ...inherited } = options;
    super(message, inherited);
    this.name = 'ApiError';
    if (retryAfterMs !== undefined) this.retryAfterMs = retryAfterMs;
  }

  /** Whether the same call may succeed later without being changed. */
  get retryable(): boolean {
    return this.status === 429 || this.status === 503;
  }

  get kind(): ApiErrorKind {
    switch (this.status) {
      case 400:
        return 'bad-request';
      case 401:
        return 'not-authorized';
      case 403:
        return 'forbidden';
      case 429:
        return 'too-many-requests';
      case 503:
        return 'unavailable';
      default:
        // A success that cannot be read is not from a broker.
        return this.status >= 200 && this.status < 300 ? 'bad-answer' : 'other';
    }
  }
}

/** No answer came: the broker is not reached, or the connection ended on the way. `cause` has the reason. */
export class NetworkError extends Error {
  constructor(
    readonly operation: string,
    message: string,
    /** Whether it is certain that the broker got nothing, so that even a creation may be tried again. */
    readonly sentNothing: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'NetworkError';
  }

  /** Whether the same call may succeed later without being changed. */
  get retryable(): boolean {
    return true;
  }
}

/** Errors of the socket before anything could be sent over it. */
const BEFORE_SENDING = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** `fetch` hides the reason in the causes; this brings it to the front. */
export function networkError(operation: string, url: string, error: unknown): NetworkError {
  const { message, code } = reasonOf(error);
  const origin = new URL(url).origin;
  return new NetworkError(operation, `no answer from ${origin}: ${message}`, BEFORE_SENDING.has(code), {
    cause: error,
  });
}

function reasonOf(error: unknown): { message: string; code: string } {
  if (!(error instanceof Error)) return { message: String(error), code: '' };
  // Several addresses of one name were tried.
  const inner: unknown = error instanceof AggregateError ? error.errors[0] : error.cause;
  if (inner instanceof Error) return reasonOf(inner);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return { message: error.message || code || error.name, code };
}

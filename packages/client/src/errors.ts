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

/** By its parts and not by its class, since the error may come from another realm. */
interface Reason {
  readonly message?: unknown;
  readonly code?: unknown;
  readonly cause?: unknown;
  /** Of an error that stands for several, as when several addresses of one name were tried. */
  readonly errors?: readonly unknown[];
}

function reasonOf(error: unknown): { message: string; code: string } {
  if (typeof error !== 'object' || error === null) return { message: String(error), code: '' };
  const { message, code, cause, errors }: Reason = error;
  const inner = errors?.[0] ?? cause;
  if (typeof inner === 'object' && inner !== null) return reasonOf(inner);
  const known = typeof code === 'string' ? code : '';
  return { message: typeof message === 'string' && message !== '' ? message : known, code: known };
}

import { DomainError, type ErrorCode } from '../domain/error.js';

/** A refusal that has a status of its own; `message` is for the caller. */
export class HttpProblem extends Error {
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    readonly status: number,
    publicWords: string,
    options: ErrorOptions & { readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(publicWords, options);
    this.name = 'HttpProblem';
    this.headers = options.headers ?? {};
  }
}

/**
 * Portals show the text of a 400 to their users and hide everything else behind a 500 of their own, so what
 * people should read is a 400.
 */
const STATUS: Readonly<Record<ErrorCode, number>> = {
  'invalid-request': 400,
  'no-such-session': 400,
  'session-not-ready': 400,
};

/** The one place where errors become statuses; null: a bug, to be logged and answered with a bare 500. */
export function toHttpProblem(error: unknown): HttpProblem | null {
  if (error instanceof HttpProblem) return error;
  if (error instanceof DomainError) {
    return new HttpProblem(STATUS[error.code], error.message, { cause: error });
  }
  if (isPassing(error)) {
    const words = 'the broker cannot store anything right now; nothing was changed, try again';
    return new HttpProblem(503, words, { cause: error, headers: { 'Retry-After': '1' } });
  }
  if (isUriError(error))
    return new HttpProblem(400, 'the path is not properly percent-encoded', { cause: error });
  return null;
}

/** A fault that says of itself that trying again is right, such as a full disk; its words are for the log. */
function isPassing(error: unknown): boolean {
  return error instanceof Error && 'retryable' in error && error.retryable === true;
}

/** What Express throws for a path such as `/%`. */
function isUriError(error: unknown): boolean {
  return error instanceof URIError;
}

/** What went wrong, for the translators at the borders; each code says whether trying again may help. */
export const errorCodes = {
  'invalid-request': { retryable: false },
  'no-such-session': { retryable: false },
  'session-not-ready': { retryable: true },
} as const;
export type ErrorCode = keyof typeof errorCodes;

/** A fault with words for the caller; the cause is for the log only. */
export class DomainError extends Error {
  constructor(
    readonly code: ErrorCode,
    publicWords: string,
    options?: ErrorOptions,
  ) {
    super(publicWords, options);
    this.name = 'DomainError';
  }

  get retryable(): boolean {
    return errorCodes[this.code].retryable;
  }
}

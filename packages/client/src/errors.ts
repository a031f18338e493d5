/** The broker said no; `message` is its own explanation. */
export class ApiError extends Error {
  constructor(
    readonly operation: string,
    readonly status: number,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'ApiError';
  }

  /** Whether the same call may succeed later without being changed. */
  get retryable(): boolean {
    return this.status === 429 || this.status === 503;
  }
}

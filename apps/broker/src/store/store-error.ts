/**
 * The store cannot answer now (disk full, input/output error, no database). Trying again is right. Nothing of the call
 * was kept, unless it says otherwise.
 */
export class StoreUnavailable extends Error {
  readonly retryable = true;
  /** The database went away between a commit and its answer: whether the change was kept is not known. */
  readonly mayBeKept: boolean;

  constructor(problem: string, options: ErrorOptions & { readonly mayBeKept?: boolean } = {}) {
    super(problem, options);
    this.name = 'StoreUnavailable';
    this.mayBeKept = options.mayBeKept ?? false;
  }
}

/** What is stored cannot be read. The store never goes on without it: that would forget accepted sessions. */
export class StoreDamaged extends Error {
  readonly retryable = false;

  constructor(
    readonly path: string,
    problem: string,
    readonly remedy: string,
    options?: ErrorOptions,
  ) {
    super(`The store ${path} ${problem}. ${remedy}`, options);
    this.name = 'StoreDamaged';
  }
}

/** Another process has the store's file open. */
export class StoreInUse extends Error {
  readonly retryable = false;

  constructor(
    readonly path: string,
    options?: ErrorOptions,
  ) {
    super(
      `The store ${path} is open in another process. Two brokers must not share one SQLite file: ` +
        'stop the other broker, or give this one its own file.',
      options,
    );
    this.name = 'StoreInUse';
  }
}

/** The store was written by a newer release; reading it with this one could lose what the newer one added. */
export class StoreTooNew extends Error {
  readonly retryable = false;

  constructor(
    readonly path: string,
    found: number,
    known: number,
  ) {
    super(
      `The store ${path} has schema version ${found}, this broker knows versions up to ${known}. ` +
        'Start the newer release again, or restore a backup from before the upgrade.',
    );
    this.name = 'StoreTooNew';
  }
}

/** Whether it is one of the above, whose words are for the operator. */
export function isStoreError(error: unknown): error is Error {
  const kinds = [StoreUnavailable, StoreDamaged, StoreInUse, StoreTooNew];
  return kinds.some((kind) => error instanceof kind);
}

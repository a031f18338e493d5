/** What a check has found. */
export interface Finding {
  /** `fail`: something does not work; `warn`: it works and deserves a look. */
  readonly level: 'ok' | 'warn' | 'fail';
  readonly message: string;
  /** How to mend it; null when all is well or the message says it. */
  readonly remedy: string | null;
}

export function ok(message: string): Finding {
  return { level: 'ok', message, remedy: null };
}

export function warn(message: string, remedy: string | null): Finding {
  return { level: 'warn', message, remedy };
}

export function fail(message: string, remedy: string | null): Finding {
  return { level: 'fail', message, remedy };
}

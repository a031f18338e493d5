/** Identifiers; the system's are random, a test's are counted. */
export interface Ids {
  /** A lower-case dashed UUID, the form of session ids and request ids on the wire. */
  uuid(): string;
  /** `bytes` random bytes as base64url, for secrets. */
  secret(bytes: number): string;
}

/** Chance for jitter and sampling; never for secrets. */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
}

export type OAuthErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_scope'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'temporarily_unavailable';

/** A refusal in the form of RFC 6749 section 5.2; `message` is the description for the caller. */
export class OAuthProblem extends Error {
  constructor(
    readonly status: 400 | 401 | 429,
    readonly code: OAuthErrorCode,
    description: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(description);
    this.name = 'OAuthProblem';
  }
}

export function invalidRequest(description: string): OAuthProblem {
  return new OAuthProblem(400, 'invalid_request', description);
}

import { DomainError } from '../domain/error.js';

export type CursorKind = 'sessions' | 'servers';

/** A NextToken: the key after which the next page starts, so that pages stay stable while the fleet changes. */
export function encodeCursor(kind: CursorKind, after: string): string {
  return Buffer.from(`${kind}:${after}`, 'utf8').toString('base64url');
}

/** @throws DomainError invalid-request for a token that is not one of ours or of another list. */
export function decodeCursor(kind: CursorKind, token: string | undefined): string | null {
  if (token === undefined) return null;
  const text = Buffer.from(token, 'base64url').toString('utf8');
  const [of, ...rest] = text.split(':');
  const after = rest.join(':');
  if (of !== kind || after === '' || encodeCursor(kind, after) !== token) {
    throw new DomainError(
      'invalid-request',
      'NextToken is not valid here; use the NextToken of the previous page of the same request, or leave it out',
    );
  }
  return after;
}

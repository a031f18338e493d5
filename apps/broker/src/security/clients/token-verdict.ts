import type { Caller } from '../../domain/caller.js';

/**
 * What a token lets its bearer be; the reason is a whole phrase for the caller and never repeats the token.
 * `keys-unavailable`: it may be good, but the keys of the server that could have issued it cannot be had just now.
 */
export type TokenVerdict =
  | { readonly kind: 'caller'; readonly caller: Caller }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'keys-unavailable' };

/** A token whose signature was verified. What can change while it lives is asked at each use. */
export interface VerifiedToken {
  readonly expiresAtMs: number;
  /** Its key is still trusted on the same terms, and it was not taken back; else it has to be verified anew. */
  readonly isTrusted: () => boolean;
  readonly judge: () => TokenVerdict;
}

/** `unknown-key`: signed with a key that is not known here, so that somebody else may be asked. */
export type Verification =
  | { readonly kind: 'verified'; readonly token: VerifiedToken }
  | { readonly kind: 'unknown-key' }
  | { readonly kind: 'keys-unavailable' }
  | { readonly kind: 'refused'; readonly reason: string };

export const refused = (reason: string) => ({ kind: 'refused', reason }) as const;

export const notValid = refused('the access token is not valid; request a new one');
export const expired = refused('the access token has expired; request a new one');

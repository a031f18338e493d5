/** Clocks of two machines may differ by so much when a token says from when on it counts. */
const LEEWAY_SECONDS = 30;

export type TokenTimes =
  | { readonly kind: 'valid'; readonly expiresAtMs: number }
  | { readonly kind: 'expired' }
  | { readonly kind: 'wrong' };

/** `exp` and `nbf` of RFC 7519 section 4.1, both in seconds; a token without an end counts as wrong. */
export function timesOf(claims: Readonly<Record<string, unknown>>, nowMs: number): TokenTimes {
  const { exp, nbf = 0 } = claims;
  if (!isTime(exp) || !isTime(nbf)) return { kind: 'wrong' };
  const expiresAtMs = exp * 1000;
  if (expiresAtMs <= nowMs) return { kind: 'expired' };
  return (nbf - LEEWAY_SECONDS) * 1000 > nowMs ? { kind: 'wrong' } : { kind: 'valid', expiresAtMs };
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

import type { OperationScope } from '@dcvsm/protocol';
import type { Clock, Ids } from '@dcvsm/runtime';
import jwt from 'jsonwebtoken';
import { z } from 'zod';
import { allScopes } from '../../domain/caller.js';
import { isSignedWith, parseJws, type Jws } from './jws.js';
import type { RevokedTokens } from './revoked-tokens.js';
import { readScopes, writeScopes } from './scopes.js';
import type { SigningKeys } from './signing-keys.js';
import { timesOf } from './token-times.js';
import { expired, notValid } from './token-verdict.js';

/** Who our own tokens are for (RFC 9068 section 2.2, `aud`). */
export const OWN_AUDIENCE = 'dcv-session-manager';

export const ACCESS_TOKEN_LIFETIME_SECONDS = 3600;

const Claims = z.object({
  client_id: z.string(),
  jti: z.string(),
  iat: z.number(),
  aud: z.literal(OWN_AUDIENCE),
  /** Tokens of earlier releases, which named no key either, have no issuer and no scope: their client's scopes hold. */
  iss: z.string().optional(),
  scope: z.string().optional(),
});

/** What one of our own tokens says, once its signature was verified. */
export interface AccessToken {
  readonly id: string;
  readonly clientId: string;
  readonly scopes: ReadonlySet<OperationScope>;
  readonly issuer: string | undefined;
  readonly keyId: string | undefined;
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
}

export interface IssuedToken {
  /** The `jti`. */
  readonly id: string;
  readonly text: string;
}

export interface AccessTokensOptions {
  readonly keys: SigningKeys;
  readonly revoked: RevokedTokens;
  /** The only issuer whose tokens are taken; null: tokens of any name by which this broker is known. */
  readonly issuer: string | null;
  readonly clock: Clock;
  readonly ids: Ids;
}

export type ReadAccessToken =
  | { readonly kind: 'valid'; readonly token: AccessToken }
  | { readonly kind: 'unknown-key' }
  | { readonly kind: 'refused'; readonly reason: string };

/** Issues and reads the broker's own access tokens: JWTs after RFC 9068, signed with ES256. */
export class AccessTokens {
  readonly #options: AccessTokensOptions;

  constructor(options: AccessTokensOptions) {
    this.#options = options;
  }

  issue(clientId: string, scopes: ReadonlySet<OperationScope>, issuer: string): IssuedToken {
    const { keys, clock, ids } = this.#options;
    const { id: keyid, privateKey } = keys.current();
    const id = ids.uuid();
    const issuedAtSeconds = Math.floor(clock.now() / 1000);
    const claims = {
      iss: issuer,
      sub: clientId,
      client_id: clientId,
      aud: OWN_AUDIENCE,
      iat: issuedAtSeconds,
      exp: issuedAtSeconds + ACCESS_TOKEN_LIFETIME_SECONDS,
      jti: id,
      scope: writeScopes(scopes),
    };
    const header = { alg: 'ES256', typ: 'at+jwt' };
    return { id, text: jwt.sign(claims, privateKey, { algorithm: 'ES256', keyid, header }) };
  }

  /** Says only of a token with a good signature that it has expired. */
  read(token: string): ReadAccessToken {
    const jws = parseJws(token);
    return jws === null ? notValid : this.verify(jws);
  }

  verify(jws: Jws): ReadAccessToken {
    const { keys, issuer, clock } = this.#options;
    const key = keys.find(jws.keyId);
    if (key === undefined) return { kind: 'unknown-key' };
    if (jws.type !== 'at+jwt' || !isSignedWith(jws, key)) return notValid;
    const times = timesOf(jws.claims, clock.now());
    if (times.kind === 'expired') return expired;
    const claims = Claims.safeParse(jws.claims);
    if (times.kind === 'wrong' || !claims.success) return notValid;
    const { client_id: clientId, jti: id, iat, iss, scope } = claims.data;
    if (issuer !== null && jws.keyId !== undefined && iss !== issuer) return notValid;
    const scopes = scope === undefined ? allScopes : readScopes(scope);
    const { expiresAtMs } = times;
    const { keyId } = jws;
    const token = { id, clientId, scopes, issuer: iss, keyId, issuedAtMs: iat * 1000, expiresAtMs };
    return this.isRevoked(token) ? notValid : { kind: 'valid', token };
  }

  /** Taken back, by itself or with the key that signed it. */
  isRevoked({ id, keyId }: AccessToken): boolean {
    return this.#options.revoked.has(id) || this.#options.keys.find(keyId) === undefined;
  }
}

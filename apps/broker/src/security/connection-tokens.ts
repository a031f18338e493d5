import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';
import type { Clock, Ids } from '@dcvsm/runtime';
import jwt from 'jsonwebtoken';
import { z } from 'zod';

/** Who may connect to what. */
export interface ConnectionClaims {
  readonly sessionId: string;
  /** What `lifeDigest` makes of the life of the session. */
  readonly life: string;
  readonly owner: string;
  readonly user: string;
}

export type ReadToken =
  | { readonly kind: 'valid'; readonly claims: ConnectionClaims }
  | { readonly kind: 'invalid'; readonly reason: string };

/** Claims as the original's tokens name them (developer guide, GetSessionConnectionData sample), and the life, ours. */
const Claims = z.object({
  dcvSessionId: z.string(),
  dcvSessionLife: z.string(),
  dcvSessionOwner: z.string(),
  dcvSessionUser: z.string(),
});

const ALGORITHM = 'HS256';
const HEADER = Buffer.from(JSON.stringify({ alg: ALGORITHM, typ: 'JWT' })).toString('base64url');

/** Short, and tells the holder of a token nothing: the life of a session made on its host names the host. */
export function lifeDigest(life: string): string {
  return hash('sha256', life, 'base64url').slice(0, 22);
}

/**
 * Issues and reads connection tokens. Only brokers read them, so a shared secret does; it costs a tenth of an
 * asymmetric signature, and each call for connection data makes one.
 */
export class ConnectionTokens {
  readonly #key: KeyObject;
  readonly #lifetimeMs: number;
  readonly #clock: Clock;
  readonly #ids: Ids;

  constructor(options: { secret: string; lifetimeMs: number; clock: Clock; ids: Ids }) {
    // A KeyObject is made once: from a string the library would build one at every call.
    this.#key = createSecretKey(Buffer.from(options.secret, 'base64url'));
    this.#lifetimeMs = options.lifetimeMs;
    this.#clock = options.clock;
    this.#ids = options.ids;
  }

  issue(claims: ConnectionClaims): string {
    const issuedAtSeconds = Math.floor(this.#clock.now() / 1000);
    const payload = {
      dcvSessionId: claims.sessionId,
      dcvSessionLife: claims.life,
      dcvSessionOwner: claims.owner,
      dcvSessionUser: claims.user,
      iat: issuedAtSeconds,
      exp: issuedAtSeconds + Math.ceil(this.#lifetimeMs / 1000),
      jti: this.#ids.uuid(),
    };
    return this.#sign(payload);
  }

  /** By hand (RFC 7515 section 3): the library takes four times as long, more than all else in a call for connection data. */
  #sign(payload: object): string {
    const text = `${HEADER}.${Buffer.from(JSON.stringify(payload)).toString('base64url')}`;
    return `${text}.${createHmac('sha256', this.#key).update(text).digest('base64url')}`;
  }

  /** The reason never repeats the token. */
  read(token: string): ReadToken {
    try {
      const clockTimestamp = Math.floor(this.#clock.now() / 1000);
      const verified = jwt.verify(token, this.#key, { algorithms: [ALGORITHM], clockTimestamp });
      const claims = Claims.safeParse(verified);
      if (!claims.success) return { kind: 'invalid', reason: 'the token is not a connection token' };
      const { dcvSessionId: sessionId, dcvSessionLife: life } = claims.data;
      const { dcvSessionOwner: owner, dcvSessionUser: user } = claims.data;
      return { kind: 'valid', claims: { sessionId, life, owner, user } };
    } catch (error) {
      const expired = error instanceof jwt.TokenExpiredError;
      return { kind: 'invalid', reason: expired ? 'the token has expired' : 'the token is not valid' };
    }
  }
}

import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import type { Clock, Ids } from '@dcvsm/runtime';
import jwt from 'jsonwebtoken';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';

const ALGORITHM = 'ES256';
const AUDIENCE = 'dcv-session-manager';

/** Longer ones are refused before any work is put into them. */
const LONGEST_TOKEN = 8192;

export const ACCESS_TOKEN_LIFETIME_SECONDS = 3600;

const Claims = z.object({ client_id: z.string(), exp: z.number() });

export type ReadAccessToken =
  | { readonly kind: 'valid'; readonly clientId: string }
  | { readonly kind: 'invalid'; readonly reason: string };

/** Makes the signing key as PEM, to be kept in the store. */
export function newAccessTokenKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
}

/** Issues and reads the access tokens of REST clients: JWTs after RFC 9068, signed with ES256. */
export class AccessTokens {
  readonly #privateKey: KeyObject;
  readonly #publicKey: KeyObject;
  readonly #clock: Clock;
  readonly #ids: Ids;
  /** Verified tokens by their digest until they expire: a signature check costs forty times a look-up. */
  readonly #verified = new LRUCache<string, { clientId: string; expiresAtMs: number }>({ max: 10_000 });

  constructor(options: { privateKeyPem: string; clock: Clock; ids: Ids }) {
    this.#privateKey = createPrivateKey(options.privateKeyPem);
    this.#publicKey = createPublicKey(this.#privateKey);
    this.#clock = options.clock;
    this.#ids = options.ids;
  }

  issue(clientId: string): string {
    const issuedAtSeconds = Math.floor(this.#clock.now() / 1000);
    const payload = {
      sub: clientId,
      client_id: clientId,
      aud: AUDIENCE,
      iat: issuedAtSeconds,
      exp: issuedAtSeconds + ACCESS_TOKEN_LIFETIME_SECONDS,
      jti: this.#ids.uuid(),
    };
    return jwt.sign(payload, this.#privateKey, {
      algorithm: ALGORITHM,
      header: { alg: ALGORITHM, typ: 'at+jwt' },
    });
  }

  /** The reason never repeats the token. */
  read(token: string): ReadAccessToken {
    if (token.length > LONGEST_TOKEN) return { kind: 'invalid', reason: 'the access token is too long' };
    const digest = createHash('sha256').update(token).digest('base64');
    const known = this.#verified.get(digest);
    if (known !== undefined && known.expiresAtMs > this.#clock.now()) {
      return { kind: 'valid', clientId: known.clientId };
    }
    return this.#verify(token, digest);
  }

  #verify(token: string, digest: string): ReadAccessToken {
    try {
      const verified = jwt.verify(token, this.#publicKey, {
        algorithms: [ALGORITHM],
        audience: AUDIENCE,
        clockTimestamp: Math.floor(this.#clock.now() / 1000),
      });
      const { client_id: clientId, exp } = Claims.parse(verified);
      this.#verified.set(digest, { clientId, expiresAtMs: exp * 1000 });
      return { kind: 'valid', clientId };
    } catch (error) {
      const expired = error instanceof jwt.TokenExpiredError;
      return {
        kind: 'invalid',
        reason: expired ? 'the access token has expired' : 'the access token is not valid',
      };
    }
  }
}

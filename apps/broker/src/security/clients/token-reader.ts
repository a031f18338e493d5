import { hash } from 'node:crypto';
import type { Clock } from '@dcvsm/runtime';
import { LRUCache } from 'lru-cache';
import type { AccessToken, AccessTokens } from './access-tokens.js';
import type { ApiClients } from './api-clients.js';
import type { ExternalTokens } from '../auth-servers/external-tokens.js';
import { LONGEST_TOKEN, parseJws, type Jws } from './jws.js';
import { commonScopes } from './scopes.js';
import {
  expired,
  notValid,
  refused,
  type TokenVerdict,
  type Verification,
  type VerifiedToken,
} from './token-verdict.js';

export interface TokenReaderOptions {
  /** Null: the broker issues no tokens, and takes none of its own. */
  readonly own: AccessTokens | null;
  readonly external: ExternalTokens;
  readonly clients: ApiClients;
  readonly clock: Clock;
}

/** Says who the bearer of a token is, whoever issued it. */
export class TokenReader {
  readonly #options: TokenReaderOptions;
  /** Verified tokens by their digest until they expire: a signature check costs forty times a look-up. */
  readonly #verified = new LRUCache<string, VerifiedToken>({ max: 10_000 });

  constructor(options: TokenReaderOptions) {
    this.#options = options;
  }

  /** Answers at once, unless the keys of an external server are needed that are not known yet. */
  read(token: string): TokenVerdict | Promise<TokenVerdict> {
    if (token.length > LONGEST_TOKEN) return refused('the access token is too long; request a new one');
    const digest = hash('sha256', token, 'base64');
    const known = this.#verified.get(digest);
    if (known?.isTrusted()) return this.#judge(known);
    this.#verified.delete(digest);
    const jws = parseJws(token);
    if (jws === null) return notValid;
    const verification = this.#verifyOwn(jws);
    if (verification.kind !== 'unknown-key') return this.#take(digest, verification);
    return this.#options.external.verify(jws).then((other) => this.#take(digest, other));
  }

  #take(digest: string, verification: Verification): TokenVerdict {
    if (verification.kind === 'unknown-key') return notValid;
    if (verification.kind !== 'verified') return verification;
    this.#verified.set(digest, verification.token);
    return this.#judge(verification.token);
  }

  #judge({ expiresAtMs, judge }: VerifiedToken): TokenVerdict {
    return expiresAtMs > this.#options.clock.now() ? judge() : expired;
  }

  #verifyOwn(jws: Jws): Verification {
    const read = this.#options.own?.verify(jws) ?? { kind: 'unknown-key' };
    if (read.kind !== 'valid') return read;
    const { token } = read;
    return {
      kind: 'verified',
      token: {
        expiresAtMs: token.expiresAtMs,
        isTrusted: () => this.#options.own?.isRevoked(token) === false,
        judge: () => this.#judgeOwn(token),
      },
    };
  }

  #judgeOwn({ clientId, scopes: asked }: AccessToken): TokenVerdict {
    const limits = this.#options.clients.find(clientId);
    if (limits === null) return refused('the API client is unregistered');
    const scopes = commonScopes(limits.scopes, asked);
    return { kind: 'caller', caller: { kind: 'client', clientId, scopes, restriction: limits.restriction } };
  }
}

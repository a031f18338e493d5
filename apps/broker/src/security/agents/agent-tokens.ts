import { createSecretKey, type KeyObject } from 'node:crypto';
import { MAX_AGENT_TOKEN_CHARACTERS } from '@dcvsm/protocol';
import type { Clock, Ids } from '@dcvsm/runtime';
import jwt from 'jsonwebtoken';
import { z } from 'zod';

const ALGORITHM = 'HS256';
const TYPE = 'at+jwt';
/** Not that of REST clients: a token for one port is worth nothing at the other. */
const AUDIENCE = 'dcv-session-manager-agent';

export const AGENT_TOKEN_LIFETIME_SECONDS = 3600;

const Payload = z.object({ client_id: z.string(), exp: z.number() });
const Verified = z.object({ header: z.object({ typ: z.literal(TYPE) }), payload: Payload });

export type ReadAgentToken =
  | { readonly kind: 'valid'; readonly clientId: string; readonly expiresAtMs: number }
  | { readonly kind: 'invalid'; readonly reason: string };

/**
 * Issues and reads the access tokens of agents: JWTs after RFC 9068 with a key and an audience of their own. Only
 * brokers read them, so a shared secret does, as for connection tokens.
 */
export class AgentTokens {
  readonly #key: KeyObject;
  readonly #clock: Clock;
  readonly #ids: Ids;

  constructor(options: { secret: string; clock: Clock; ids: Ids }) {
    this.#key = createSecretKey(Buffer.from(options.secret, 'base64url'));
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
      exp: issuedAtSeconds + AGENT_TOKEN_LIFETIME_SECONDS,
      jti: this.#ids.uuid(),
    };
    return jwt.sign(payload, this.#key, { algorithm: ALGORITHM, header: { alg: ALGORITHM, typ: TYPE } });
  }

  /** The reason never repeats the token. */
  read(token: string): ReadAgentToken {
    if (token.length > MAX_AGENT_TOKEN_CHARACTERS) return invalid('the access token is too long');
    try {
      const verified = jwt.verify(token, this.#key, {
        algorithms: [ALGORITHM],
        audience: AUDIENCE,
        clockTimestamp: Math.floor(this.#clock.now() / 1000),
        complete: true,
      });
      const { payload } = Verified.parse(verified);
      return { kind: 'valid', clientId: payload.client_id, expiresAtMs: payload.exp * 1000 };
    } catch (error) {
      const isExpired = error instanceof jwt.TokenExpiredError;
      return invalid(isExpired ? 'the access token has expired' : 'the access token is not valid');
    }
  }
}

function invalid(reason: string): ReadAgentToken {
  return { kind: 'invalid', reason };
}

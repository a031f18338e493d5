import { createSecretKey, type KeyObject } from 'node:crypto';
import { MAX_STATEMENT_CHARACTERS, Tag } from '@dcvsm/protocol';
import jwt from 'jsonwebtoken';
import { z } from 'zod';
import type { StatementTerms } from './statement-terms.js';

const ALGORITHM = 'HS256';
const TYPE = 'software-statement+jwt';

/** Claims of a signed statement. The terms are in it so that a signature covers them and their holder can read them. */
const Claims = z.object({
  jti: z.string(),
  iat: z.number(),
  exp: z.number().optional(),
  software_name: z.string().optional(),
  max_uses: z.int().min(1).optional(),
  cidr: z.array(z.string()).optional(),
  tags: z.array(Tag).optional(),
});
const Verified = z.object({ header: z.object({ typ: z.literal(TYPE) }), payload: Claims });

export type ReadStatement =
  | { readonly kind: 'signed' | 'original'; readonly id: string }
  | { readonly kind: 'invalid'; readonly reason: string };

/** Signs and reads statements as RFC 7591 section 2.3 wants them: JWTs, here for this broker's store only. */
export class StatementSigner {
  readonly #key: KeyObject;
  readonly #audience: string;

  /** @param audience names the store, so that a statement of another one is told from one that was altered */
  constructor(secret: string, audience: string) {
    this.#key = createSecretKey(Buffer.from(secret, 'base64url'));
    this.#audience = audience;
  }

  sign(id: string, issuedAtMs: number, terms: StatementTerms): string {
    const claims: z.infer<typeof Claims> & { aud: string; iss: string } = {
      jti: id,
      iss: this.#audience,
      aud: this.#audience,
      iat: seconds(issuedAtMs),
      ...(terms.expiresAtMs !== null && { exp: seconds(terms.expiresAtMs) }),
      ...(terms.name !== null && { software_name: terms.name }),
      ...(terms.maxUses !== null && { max_uses: terms.maxUses }),
      ...(terms.addresses !== null && { cidr: terms.addresses }),
      ...(terms.tags !== null && { tags: terms.tags }),
    };
    return jwt.sign(claims, this.#key, { algorithm: ALGORITHM, header: { alg: ALGORITHM, typ: TYPE } });
  }

  /** Which statement this is, in either form; whether it may be used is for its register to say. */
  read(statement: string, nowMs: number): ReadStatement {
    if (statement.length > MAX_STATEMENT_CHARACTERS) return invalid('the software statement is too long');
    const originalId = readOriginalForm(statement);
    if (originalId !== null) return { kind: 'original', id: originalId };
    try {
      const verified = jwt.verify(statement, this.#key, {
        algorithms: [ALGORITHM],
        audience: this.#audience,
        issuer: this.#audience,
        clockTimestamp: seconds(nowMs),
        complete: true,
      });
      return { kind: 'signed', id: Verified.parse(verified).payload.jti };
    } catch (error) {
      return invalid(this.#whyNot(statement, error));
    }
  }

  #whyNot(statement: string, error: unknown): string {
    if (error instanceof jwt.TokenExpiredError) return 'the software statement has expired';
    const audience = audienceOf(statement);
    if (audience === null) return 'the software statement is not one of this product';
    return audience === this.#audience
      ? 'the software statement is not as it was issued'
      : 'the software statement was issued by another broker';
  }
}

/** Whom a statement is for, whoever says so; null: it is no statement. */
function audienceOf(statement: string): string | null {
  try {
    return z.object({ aud: z.string() }).parse(jwt.decode(statement)).aud;
  } catch {
    return null;
  }
}

const OriginalForm = z.object({ id: z.string().min(1).max(256), active: z.boolean(), issuedAt: z.number() });

/** As in the guide's sample. */
const ORIGINAL_FORM_VERSION = '1.0.0';

/** The original's form: nothing but base64 of JSON, which anybody can make (administration guide, sample). */
export function originalForm(id: string, issuedAtMs: number): string {
  const issuedAt = `${Math.floor(issuedAtMs / 1000)}.${String(issuedAtMs % 1000).padStart(3, '0')}000000`;
  const fields = [
    `"id" : ${JSON.stringify(id)}`,
    '"active" : true',
    `"issuedAt" : ${issuedAt}`,
    `"brokerVersion" : "${ORIGINAL_FORM_VERSION}"`,
  ];
  return Buffer.from(`{\n  ${fields.join(',\n  ')}\n}`).toString('base64');
}

function readOriginalForm(statement: string): string | null {
  if (!/^[A-Za-z0-9+/]+=*$/.test(statement)) return null;
  try {
    return OriginalForm.parse(JSON.parse(Buffer.from(statement, 'base64').toString('utf8'))).id;
  } catch {
    return null;
  }
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}

function invalid(reason: string): ReadStatement {
  return { kind: 'invalid', reason };
}

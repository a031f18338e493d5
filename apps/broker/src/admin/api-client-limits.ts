import { z } from 'zod';
import { allScopes } from '../domain/caller.js';
import type { ApiClient, ClientLimits } from '../security/clients/api-clients.js';

const DAY_MS = 86_400_000;

const text = z
  .string()
  .min(1, 'must not be empty')
  .max(256)
  .regex(/^[^\p{Cc}]*$/u, 'must not contain control characters');

/** What an operator may give a client less than everything; all of it is ours, the original has none. */
export const LimitsRequest = z.strictObject({
  scopes: z
    .array(z.enum(['read', 'operate', 'administer']))
    .min(1)
    .optional(),
  owners: z.array(text).min(1).max(1000).optional(),
  /** Each `KEY=VALUE`. */
  tags: z
    .array(text.regex(/^[^=]+=/, 'must be KEY=VALUE'))
    .min(1)
    .max(50)
    .optional(),
  expiresInDays: z.int().min(1).max(36_500).optional(),
});
export type LimitsRequest = z.infer<typeof LimitsRequest>;

export function toLimits(request: LimitsRequest, nowMs: number): ClientLimits {
  const { scopes, owners, tags, expiresInDays } = request;
  return {
    scopes: scopes === undefined ? allScopes : new Set(scopes),
    restriction: { owners: owners ?? null, serverTags: tags?.map(readTag) ?? null },
    expiresAtMs: expiresInDays === undefined ? null : nowMs + expiresInDays * DAY_MS,
  };
}

function readTag(tag: string): { key: string; value: string } {
  const sign = tag.indexOf('=');
  return { key: tag.slice(0, sign), value: tag.slice(sign + 1) };
}

/** The limits as `describe-api-clients --details` shows them; null: no limit of that sort. */
export function describeLimits({ limits }: ApiClient): object {
  const { scopes, restriction, expiresAtMs } = limits;
  return {
    scopes: [...scopes],
    owners: restriction.owners,
    tags: restriction.serverTags?.map(({ key, value }) => `${key}=${value}`) ?? null,
    'expires-at': expiresAtMs === null ? null : new Date(expiresAtMs).toISOString(),
  };
}

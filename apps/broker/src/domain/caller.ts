import type { OperationScope } from '@dcvsm/protocol';

/** What a restricted API client may touch; null means no restriction of that sort. */
export interface Restriction {
  /** Only sessions of these owners. */
  readonly owners: readonly string[] | null;
  /** Only servers that have all these tags, and the sessions on them. */
  readonly serverTags: readonly ServerTag[] | null;
}

export interface ServerTag {
  readonly key: string;
  readonly value: string;
}

/** Who calls: an API client, or anybody when the broker runs without authorization. */
export type Caller =
  | {
      readonly kind: 'client';
      readonly clientId: string;
      readonly scopes: ReadonlySet<OperationScope>;
      readonly restriction: Restriction;
    }
  | { readonly kind: 'anybody' };

/** What clients may do that were given no limits, as every client of the original. */
export const unrestricted: Restriction = { owners: null, serverTags: null };

export const allScopes: ReadonlySet<OperationScope> = new Set(['read', 'operate', 'administer']);

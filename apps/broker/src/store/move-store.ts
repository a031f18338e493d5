import { isDeepStrictEqual } from 'node:util';
import type { Store, StoreContents } from './store.js';

export interface MoveOptions {
  readonly from: Store;
  readonly to: Store;
  /** What the target has is removed first. */
  readonly replaces: boolean;
  readonly onProgress: (stored: number, total: number) => void;
}

export type Moved =
  | { readonly kind: 'moved'; readonly counts: Readonly<Record<keyof StoreContents, number>> }
  /** Nothing was done. */
  | { readonly kind: 'not-empty' }
  /** A broker was at work on the source meanwhile: the target lacks its last changes. */
  | { readonly kind: 'source-changed' }
  /** Read again, the target has other records than the source. */
  | { readonly kind: 'differs'; readonly what: keyof StoreContents };

/** Moves everything, in one transaction, and proves it by reading both again. The source is left as it is. */
export async function moveStore({ from, to, replaces, onProgress }: MoveOptions): Promise<Moved> {
  const contents = inOrder(await from.contents());
  const counts = countsOf(contents);
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const answer = await to.fill(contents, { replaces, onProgress: (stored) => onProgress(stored, total) });
  if (answer === 'not-empty') return { kind: 'not-empty' };
  const kept = inOrder(await to.contents());
  for (const what of Object.keys(counts) as (keyof StoreContents)[])
    if (!isDeepStrictEqual(plain(kept[what]), plain(contents[what]))) return { kind: 'differs', what };
  const isStill = isDeepStrictEqual(plain(inOrder(await from.contents())), plain(contents));
  return isStill ? { kind: 'moved', counts } : { kind: 'source-changed' };
}

/** Records without prototypes, which differ by store. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

/** Sessions, servers and secrets have no order; registrations keep theirs. */
function inOrder({ sessions, servers, registrations, secrets }: StoreContents): StoreContents {
  return {
    sessions: sessions.toSorted((a, b) => compare(a.key, b.key)),
    servers: servers.toSorted((a, b) => compare(a.id, b.id)),
    registrations,
    secrets: secrets.toSorted((a, b) => compare(a.name, b.name)),
  };
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function countsOf(contents: StoreContents): Record<keyof StoreContents, number> {
  const { sessions, servers, registrations, secrets } = contents;
  return {
    sessions: sessions.length,
    servers: servers.length,
    registrations: registrations.length,
    secrets: secrets.length,
  };
}

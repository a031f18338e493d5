import type { Store, StoredFleet } from '../../src/store/store.js';

/**
 * States one sentence of the port as a test with a fresh store; `other` is the same store as another broker has it open,
 * or the very same where there can be only one.
 */
export type Must = (sentence: string, check: (store: Store, other: Store) => Promise<void>) => void;

export interface Opened {
  readonly store: Store;
  readonly other: Store;
}

/** All that a store tells, in an order that does not depend on it. */
export async function everything(store: Store): Promise<StoredFleet> {
  const { sessions, servers } = await store.loadFleet();
  return {
    sessions: [...sessions].sort((a, b) => (a.key < b.key ? -1 : 1)),
    servers: [...servers].sort((a, b) => (a.id < b.id ? -1 : 1)),
  };
}

/** Runs `action`, and expects that it left the sessions and servers as they were. */
export async function expectNoChange<T>(store: Store, action: () => Promise<T>): Promise<T> {
  const before = await everything(store);
  const answer = await action();
  expect(await everything(store)).toEqual(before);
  return answer;
}

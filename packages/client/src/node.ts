import { Agent, fetch as undiciFetch } from 'undici';

export interface NodeFetch {
  readonly fetch: typeof fetch;
  /** Ends the connections that are kept open. */
  close(): Promise<void>;
}

/**
 * A `fetch` for Node that trusts the given CA certificates (PEM) instead of the system's, as the broker's own CA is;
 * undefined: the system's. Connections are kept open and shared; `close` ends them.
 */
export function fetchTrusting(ca: string | readonly string[] | undefined): NodeFetch {
  if (ca === undefined) return fetchThrough(new Agent());
  return fetchThrough(new Agent({ connect: { ca: typeof ca === 'string' ? ca : [...ca] } }));
}

/** A `fetch` for Node that takes any certificate, so that whoever is in between reads all passwords. For tries only. */
export function fetchTrustingAnybody(): NodeFetch {
  return fetchThrough(new Agent({ connect: { rejectUnauthorized: false } }));
}

function fetchThrough(dispatcher: Agent): NodeFetch {
  const through = (input: unknown, init: unknown): unknown =>
    undiciFetch(input as string, { ...(init as object), dispatcher });
  return { fetch: through as typeof fetch, close: () => dispatcher.close() };
}

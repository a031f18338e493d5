import { Agent, fetch as undiciFetch } from 'undici';

/**
 * A `fetch` for Node that trusts the given CA certificates (PEM) instead of the system's, as the broker's own CA is.
 * Connections are kept open and shared; `close` ends them.
 */
export function fetchTrusting(ca: string | readonly string[]): {
  fetch: typeof fetch;
  close(): Promise<void>;
} {
  const dispatcher = new Agent({ connect: { ca: typeof ca === 'string' ? ca : [...ca] } });
  const trusting = (input: unknown, init: unknown): unknown =>
    undiciFetch(input as string, { ...(init as object), dispatcher });
  return { fetch: trusting as typeof fetch, close: () => dispatcher.close() };
}

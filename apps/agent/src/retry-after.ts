import type { IncomingMessage } from 'node:http';

/** A broker that asks for more is not believed: somebody may have mended it meanwhile. */
const MOST_SECONDS = 3600;

/** How long the broker asks to wait; 0 if it does not. Only whole seconds: a broker of ours sends no dates. */
export function retryAfterMs({ headers }: Pick<IncomingMessage, 'headers'>): number {
  const text = headers['retry-after'] ?? '';
  return /^\d{1,9}$/.test(text) ? Math.min(Number(text), MOST_SECONDS) * 1000 : 0;
}

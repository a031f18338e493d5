import type { Clock } from '@dcvsm/runtime';
import { shownUrl } from '../settings/urls.js';

/** Tells of each request and its answer. Neither headers nor bodies are told: they hold passwords and tokens. */
export function traced(inner: typeof fetch, clock: Clock, debug: (line: string) => void): typeof fetch {
  return async (input, init) => {
    const what = `${init?.method ?? 'GET'} ${shownUrl(String(input))}`;
    const sent = typeof init?.body === 'string' ? `, ${Buffer.byteLength(init.body)} bytes` : '';
    debug(`${what}${sent}`);
    const sinceMs = clock.monotonicMs();
    const took = (): string => `after ${Math.round(clock.monotonicMs() - sinceMs)} ms`;
    try {
      const answer = await inner(input, init);
      debug(`${what}: ${answer.status} ${took()}`);
      return answer;
    } catch (error) {
      const { message, cause } = error as Error;
      debug(`${what}: ${message} ${cause instanceof Error ? `(${cause.message}) ` : ''}${took()}`);
      throw error;
    }
  };
}

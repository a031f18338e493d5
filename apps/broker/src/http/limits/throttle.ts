import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { Clock, Log } from '@dcvsm/runtime';
import { networkOf } from '../../security/network-of.js';
import { RateLimit } from './rate-limit.js';

/** Null: go on. Else the seconds after which the caller may come back. */
export type Throttle = (request: IncomingMessage) => number | null;

export interface ThrottleOptions {
  readonly apiRequestsPerSecond: number;
  /** Callers are known by `X-Forwarded-For`: right only behind a load balancer that sets it. */
  readonly trustsForwardedFor: boolean;
  readonly clock: Clock;
  readonly log: Log;
}

/** At most one line per address in so many seconds: a flood must not become a flood of the log. */
const LOG_EVERY_SECONDS = 10;

/**
 * `max-api-requests-per-second` for each caller's address (administration guide, broker configuration). Twice as many
 * may come at once, since the clients in the field send their requests in bursts and do not retry.
 */
export function throttle(options: ThrottleOptions): Throttle {
  const { apiRequestsPerSecond, trustsForwardedFor, clock, log } = options;
  const requests = new RateLimit({ perSecond: apiRequestsPerSecond, burst: 2 * apiRequestsPerSecond, clock });
  const lines = new RateLimit({ perSecond: 1 / LOG_EVERY_SECONDS, burst: 1, clock });
  return (request) => {
    const address = callerAddress(request, trustsForwardedFor);
    const network = networkOf(address);
    const waitSeconds = requests.take(network);
    if (waitSeconds !== null && lines.take(network) === null) {
      log.warn(
        { address, apiRequestsPerSecond },
        'a caller sends too many requests; they are answered with 429',
      );
    }
    return waitSeconds;
  };
}

/**
 * Who called. Of several addresses in `X-Forwarded-For` the last one counts: the load balancer has added it, while
 * the ones before it are whatever the caller wrote.
 */
export function callerAddress(request: IncomingMessage, trustsForwardedFor: boolean): string {
  const own = request.socket.remoteAddress ?? 'unknown';
  if (!trustsForwardedFor) return own;
  const header = request.headers['x-forwarded-for'];
  const last = (Array.isArray(header) ? header.at(-1) : header)?.split(',').at(-1)?.trim() ?? '';
  return isIP(last) === 0 ? own : last;
}

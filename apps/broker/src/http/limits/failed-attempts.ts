import type { IncomingMessage } from 'node:http';
import type { Clock, Log } from '@dcvsm/runtime';
import { printable } from '../../domain/printable.js';
import type { RecordAudit } from '../../audit/audit-entry.js';
import { networkOf } from '../../security/network-of.js';
import { RateLimit } from './rate-limit.js';
import { callerAddress } from './throttle.js';

/** Counts a wrong password. Null: answer as usual; else the seconds after which the caller may come back. */
export type CountFailure = (request: IncomingMessage, clientId: string) => number | null;

export interface FailedAttemptsOptions {
  readonly trustsForwardedFor: boolean;
  readonly audit: RecordAudit;
  readonly clock: Clock;
  readonly log: Log;
}

const PER_CLIENT = { perSecond: 1, burst: 20 };
const PER_ADDRESS = { perSecond: 5, burst: 100 };
/** While a guesser is being refused, one entry in so many seconds has to do for the audit log. */
const RECORD_EVERY_SECONDS = 10;

/**
 * Wrong passwords, counted for each client and each address. Only failures count: whoever has the right password is
 * let in whatever others try, which costs no more than looking at a wrong one.
 */
export function failedAttempts(options: FailedAttemptsOptions): CountFailure {
  const { trustsForwardedFor, audit, clock, log } = options;
  const byClient = new RateLimit({ ...PER_CLIENT, clock });
  const byAddress = new RateLimit({ ...PER_ADDRESS, clock });
  const entries = new RateLimit({ perSecond: 1 / RECORD_EVERY_SECONDS, burst: 1, clock });
  return (request, clientId) => {
    const address = callerAddress(request, trustsForwardedFor);
    const id = printable(clientId, 64);
    const waits = [byClient.take(id), byAddress.take(networkOf(address))].filter((wait) => wait !== null);
    if (waits.length === 0) return null;
    if (entries.take(networkOf(address)) === null) {
      const reason = 'too many wrong passwords; they are answered with 429 and recorded only now and then';
      audit({
        actor: { kind: 'unknown', id },
        action: 'token.issue',
        objects: [],
        outcome: 'refused',
        reason,
        address,
      });
      log.warn({ address, clientId: id }, reason);
    }
    return Math.max(...waits);
  };
}

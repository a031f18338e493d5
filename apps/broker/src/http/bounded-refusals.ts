import type { Clock } from '@dcvsm/runtime';
import { LRUCache } from 'lru-cache';
import type { RecordAudit } from '../audit/audit-entry.js';
import { RateLimit } from './limits/rate-limit.js';

/** Enough for every mishap; a flood does not fill the disk, since full audit files are never removed. */
const REFUSALS_OF_AN_ADDRESS = { perSecond: 1, burst: 100 };
const MOST_ADDRESSES = 10_000;

/**
 * For ports that ask nobody who they are: records each success, and of the refusals of one address only so many. The
 * next one that is recorded says how many were left out.
 */
export function boundedRefusals(audit: RecordAudit, clock: Clock): RecordAudit {
  const refusals = new RateLimit({ ...REFUSALS_OF_AN_ADDRESS, clock });
  const leftOut = new LRUCache<string, number>({ max: MOST_ADDRESSES });
  return (entry) => {
    if (entry.outcome === 'success') return audit(entry);
    const { address = 'unknown', reason } = entry;
    const count = leftOut.get(address) ?? 0;
    if (refusals.take(address) !== null) {
      leftOut.set(address, count + 1);
      return undefined;
    }
    leftOut.delete(address);
    if (count === 0) return audit(entry);
    const words = `${count} refusals of this address before it were not recorded`;
    return audit({ ...entry, reason: reason === undefined ? words : `${reason}; ${words}` });
  };
}

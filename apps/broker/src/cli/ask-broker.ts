import type { Clock } from '@dcvsm/runtime';
import { BrokerUnreachable, type AdminAddress } from '../admin/admin-client.js';
import type { BrokerConfig } from '../config/read-config.js';
import { adminAddresses } from './admin-addresses.js';

/** How long to wait between two attempts to reach a broker that is still starting. */
const RETRY_MS = 250;

/**
 * Asks the running broker of this configuration over its socket, then over its port, and again until `waitSeconds` are
 * over. @rejects AdminError
 */
export async function askBroker<Answer>(
  clock: Clock,
  config: BrokerConfig,
  waitSeconds: number,
  ask: (broker: AdminAddress) => Promise<Answer>,
): Promise<Answer> {
  const deadlineMs = clock.monotonicMs() + waitSeconds * 1000;
  for (;;) {
    try {
      return await askFirstThatListens(await adminAddresses(config), ask);
    } catch (error) {
      if (!(error instanceof BrokerUnreachable) || clock.monotonicMs() >= deadlineMs) throw error;
    }
    await clock.sleep(RETRY_MS);
  }
}

/** Nothing was asked of an address where nobody listens, so the next may be. */
async function askFirstThatListens<Answer>(
  [first, ...others]: readonly AdminAddress[],
  ask: (broker: AdminAddress) => Promise<Answer>,
): Promise<Answer> {
  if (first === undefined) throw new BrokerUnreachable('the configuration names no way to the broker');
  try {
    return await ask(first);
  } catch (error) {
    if (!(error instanceof BrokerUnreachable) || others.length === 0) throw error;
    return askFirstThatListens(others, ask);
  }
}

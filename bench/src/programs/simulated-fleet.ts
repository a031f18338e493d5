import { createSecureContext } from 'node:tls';
import { answerParent } from './answer-parent.js';
import { openSimulatedLink } from './simulated-link.js';

export type FleetOrder =
  | {
      readonly kind: 'link';
      readonly agentPort: number;
      /** PEM. */
      readonly ca: string;
      readonly hosts: number;
      readonly maxVirtualSessions: number;
      readonly localSessionsPerHost: number;
    }
  | { readonly kind: 'count' };

export interface LinkedFleet {
  readonly elapsedMs: number;
}

/** What the hosts did so far; a command that came twice counts once. */
export interface FleetCount {
  readonly created: number;
}

/** Links being opened at the same time; more only wait for the broker's CPU, and some for too long. */
const OPENING_AT_ONCE = 50;

const createdIds = new Set<string>();

async function link(order: Extract<FleetOrder, { kind: 'link' }>): Promise<LinkedFleet> {
  const startedAtMs = performance.now();
  const secureContext = createSecureContext({ ca: order.ca });
  let next = 0;
  const openSome = async (): Promise<void> => {
    while (next < order.hosts) {
      const number = next;
      next += 1;
      await openSimulatedLink({
        number,
        agentPort: order.agentPort,
        secureContext,
        maxVirtualSessions: order.maxVirtualSessions,
        localSessions: order.localSessionsPerHost,
        onOutcome: (outcome) => {
          if (outcome.kind === 'created') createdIds.add(outcome.session.id);
        },
        onLost: (reason) => {
          process.stderr.write(`simulated host ${number}: ${reason}\n`);
          process.exit(1);
        },
      });
    }
  };
  await Promise.all(Array.from({ length: OPENING_AT_ONCE }, openSome));
  return { elapsedMs: performance.now() - startedAtMs };
}

answerParent(async (order: FleetOrder) => {
  if (order.kind === 'link') return link(order);
  return { created: createdIds.size } satisfies FleetCount;
});

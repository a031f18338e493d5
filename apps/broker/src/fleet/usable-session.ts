import type { Unanswered } from '../bus/bus.js';
import type { Session } from '../domain/session.js';

export type Usable =
  | { readonly kind: 'usable'; readonly serverId: string }
  | { readonly kind: 'not-usable'; readonly reason: string };

/** Only a READY session can be looked at, changed or connected to; clients look for "not in READY" (rule 14). */
export function ensureUsable(session: Session): Usable {
  if (session.state === 'READY' && session.serverId !== null) {
    return { kind: 'usable', serverId: session.serverId };
  }
  const why = session.stateReason === null ? '' : `: ${session.stateReason}`;
  return {
    kind: 'not-usable',
    reason: `The session ${session.id} is not in READY state; it is ${session.state}${why}`,
  };
}

export function describeUnanswered(why: Unanswered): string {
  switch (why) {
    case 'no-link':
      return 'The DCV server of the session is unreachable: its agent has no link to the broker';
    case 'link-lost':
      return "The DCV server of the session became unreachable: its agent's link was lost";
    case 'timed-out':
      return 'The DCV server of the session did not answer in time';
  }
}

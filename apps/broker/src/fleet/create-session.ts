import type { Restriction } from '../domain/caller.js';
import type { Session } from '../domain/session.js';
import { describeUnplaceable, type Unplaceable } from '../domain/placement.js';
import { queued, requested, type SessionRequest } from '../domain/session-lifecycle.js';
import { limitedRequest, ownerProblem } from '../domain/visibility.js';
import { written } from './doubts.js';
import type { FleetContext } from './fleet-context.js';
import { placeQueue } from './place-queue.js';
import { placeSession } from './place-session.js';

export type CreatedSession =
  | { readonly kind: 'accepted'; readonly session: Session }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * Accepts requests for sessions: places each or, if it wants to wait, queues it. An accepted session is durable
 * before this resolves; nobody waits for an agent. Answers are in the order of the requests.
 * What `restriction` does not allow is refused; the rest keeps to it for as long as it exists.
 */
export async function createSessions(
  context: FleetContext,
  requests: readonly SessionRequest[],
  restriction: Restriction,
): Promise<CreatedSession[]> {
  // Who waits already comes first, even when room appeared a moment ago.
  if (context.view.queueLength > 0) await placeQueue(context);
  return Promise.all(
    requests.map((request) => {
      const problem = ownerProblem(restriction, request.owner);
      return problem === null
        ? createSession(context, limitedRequest(restriction, request))
        : refuse(problem);
    }),
  );
}

async function createSession(context: FleetContext, request: SessionRequest): Promise<CreatedSession> {
  const session = requested(context.ids.uuid(), request, nextRequestedAtMs(context));
  const result = await placeSession(context, session, null);
  switch (result.kind) {
    case 'placed':
      return { kind: 'accepted', session: result.session };
    case 'unplaceable':
      return request.wanted.enqueue ? enqueue(context, session, result) : refuse(describeUnplaceable(result));
    case 'session-changed':
      throw new Error(`the new session id ${session.id} is taken`);
  }
}

async function enqueue(
  context: FleetContext,
  session: Session,
  unplaceable: Unplaceable,
): Promise<CreatedSession> {
  const { queueMaxRequests, queueMaxWaitMs } = context.rules;
  const reason = describeUnplaceable(unplaceable);
  if (context.view.queueLength + context.queueAdds >= queueMaxRequests) {
    return refuse(`${reason}; and the queue is full with ${queueMaxRequests} requests`);
  }
  const waiting = queued(session, context.clock.now() + queueMaxWaitMs, reason);
  if (waiting === null) throw new Error(`a new session cannot be queued: ${session.state}`);
  context.queueAdds += 1;
  try {
    await written(context, { sessionKey: waiting.key }, context.store.addSession(waiting));
    context.view.putSession(waiting);
  } finally {
    context.queueAdds -= 1;
  }
  // Room may have appeared while this was on its way to the store.
  context.wakeQueue();
  return { kind: 'accepted', session: waiting };
}

function refuse(reason: string): CreatedSession {
  return { kind: 'refused', reason };
}

function nextRequestedAtMs(context: FleetContext): number {
  context.lastRequestedAtMs = Math.max(context.clock.now(), context.lastRequestedAtMs + 0.001);
  return context.lastRequestedAtMs;
}

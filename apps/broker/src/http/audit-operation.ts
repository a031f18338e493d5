import type { OperationId, ParsedRequestOf } from '@dcvsm/protocol';
import type { AuditActor, AuditEntry } from '../audit/audit-entry.js';
import type { Caller } from '../domain/caller.js';
import { auditedOperations, type Refusal } from './audited-operations.js';
import { toHttpProblem } from './http-problem.js';
import type { OperationAnswer } from './operations/operation-handler.js';

/** Who calls, from where, and under which id the answer goes out. */
export interface Call {
  readonly caller: Caller;
  readonly address: string | undefined;
  readonly requestId: string;
}

/** What came of a call, for its entry. */
export type Outcome = Pick<AuditEntry, 'objects' | 'outcome' | 'reason'>;

/** Runs an operation and records what it changed and what it refused to change; reads leave no entry. */
export async function auditOperation<Id extends OperationId>(
  id: Id,
  record: (outcome: Outcome) => void,
  request: ParsedRequestOf<Id>,
  run: () => Promise<OperationAnswer<Id>>,
): Promise<OperationAnswer<Id>> {
  const audited = auditedOperations[id];
  if (audited === null) return run();
  try {
    const answer = await run();
    const { done, refused } = audited.outcomes(answer, request);
    if (done.length > 0) record({ objects: done, outcome: 'success' });
    if (refused.length > 0)
      record({ objects: objectsOf(refused), outcome: 'refused', reason: whyOf(refused) });
    return answer;
  } catch (error) {
    record({ objects: audited.asked(request), ...failure(error) });
    throw error;
  }
}

/** An entry of that call and operation, lacking what came of it. */
export function auditEntry(
  { caller, address, requestId }: Call,
  action: OperationId,
): Pick<AuditEntry, 'actor' | 'action' | 'address' | 'requestId'> {
  return { actor: actorOf(caller), action, ...(address !== undefined && { address }), requestId };
}

function actorOf(caller: Caller): AuditActor {
  return caller.kind === 'client' ? { kind: 'client', id: caller.clientId } : { kind: 'anybody' };
}

function objectsOf(refused: readonly Refusal[]): string[] {
  return refused.flatMap(({ object }) => (object === null ? [] : [object]));
}

function whyOf(refused: readonly Refusal[]): string {
  return [...new Set(refused.map(({ reason }) => reason))].join('; ');
}

function failure(error: unknown): Pick<AuditEntry, 'outcome' | 'reason'> {
  const problem = toHttpProblem(error);
  if (problem === null) return { outcome: 'failed', reason: 'internal error' };
  return { outcome: problem.status >= 500 ? 'failed' : 'refused', reason: problem.message };
}

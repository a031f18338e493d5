import type { IncomingMessage, ServerResponse } from 'node:http';
import { operations, type Operation, type OperationId, type ParsedRequestOf } from '@dcvsm/protocol';
import type { Log } from '@dcvsm/runtime';
import type { RecordAudit } from '../audit/audit-entry.js';
import type { Caller } from '../domain/caller.js';
import type { RequestLimits } from '../domain/check-request.js';
import { hasScope, restrictionOf } from '../domain/visibility.js';
import type { Fleet } from '../fleet/fleet.js';
import { auditEntry, auditOperation, type Outcome } from './audit-operation.js';
import type { AnswersOfATurn } from './answers-of-a-turn.js';
import type { Authorize } from './authorize.js';
import { HttpProblem } from './http-problem.js';
import { handlers } from './operations/handlers.js';
import type { OperationHandler } from './operations/operation-handler.js';
import { parseRequest } from './parse-request.js';
import { readJson } from './read-body.js';
import { toJson } from './ready-json.js';
import { writeJsonHead } from './respond.js';
import type { SessionJson } from './session-json.js';

export interface RouteOptions {
  readonly fleet: Fleet;
  readonly requestLimits: RequestLimits;
  readonly authorize: Authorize;
  readonly audit: RecordAudit;
  readonly log: Log;
}

/** A request that was found to be for an operation. */
export interface OperationCall {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  /** Of the path, decoded. */
  readonly params: Readonly<Record<string, unknown>>;
}

export interface SharedByOperations {
  readonly sessionJson: SessionJson;
  readonly answers: AnswersOfATurn;
}

/** @rejects with what is to be answered as a problem */
export type AnswerOperation = (call: OperationCall) => Promise<void>;

/** One operation, answered: caller, scope, request, handler, answer, in that order. */
export function answerOperation<Id extends OperationId>(
  id: Id,
  options: RouteOptions,
  { sessionJson, answers }: SharedByOperations,
): AnswerOperation {
  const operation: Operation = operations[id];
  const handler: OperationHandler<Id> = handlers[id];
  const { authorize, audit, fleet, requestLimits, log } = options;
  return async (call) => {
    const { request, response, requestId } = call;
    const caller = await authorize(request);
    const entry = auditEntry({ caller, address: request.socket.remoteAddress, requestId }, id);
    if (!hasScope(caller, operation.scope)) {
      const problem = insufficientScope(id, operation);
      audit({ ...entry, objects: [], outcome: 'refused', reason: problem.message });
      throw problem;
    }
    const parsed = parseRequest(operation.request, await requestValue(operation, call));
    const wanted = parsed as ParsedRequestOf<Id>;
    // The only way to the fleet: as this caller may see and touch it.
    const context = { fleet: fleet.seenBy(restrictionOf(caller)), sessionJson, requestLimits };
    const record = (result: Outcome): void => audit({ ...entry, ...result });
    const answer = await auditOperation(id, record, wanted, () => handler(context, wanted));
    const json = toJson(operation.requestIn === 'path' ? answer : { RequestId: requestId, ...answer });
    writeJsonHead(response, 200, json, { 'X-Request-Id': requestId });
    answers.end(response, json);
    logCall(log, id, { caller, requestId });
  };
}

/** RFC 6750 section 3.1. */
function insufficientScope(id: OperationId, { scope }: Operation): HttpProblem {
  const words = `${id} needs the scope "${scope}", which this API client does not have`;
  const challenge = `Bearer error="insufficient_scope", scope="${scope}"`;
  return new HttpProblem(403, words, { headers: { 'WWW-Authenticate': challenge } });
}

async function requestValue(operation: Operation, { request, params }: OperationCall): Promise<unknown> {
  if (operation.requestIn === 'path') return params;
  const body = await readJson(request);
  if (body !== null) return body;
  // An empty body means "no filter" (rule 5); where entries are needed, its absence is named.
  if (operation.requestIn === 'optional-body') return {};
  throw new HttpProblem(400, 'the body is empty; send a JSON array of entries');
}

/** Only for those who look closely: what changed or handed out something is in the audit log, and a line costs 10 µs. */
function logCall(
  log: Log,
  id: OperationId,
  { caller, requestId }: { readonly caller: Caller; readonly requestId: string },
): void {
  if (!log.isLevelEnabled('debug')) return;
  log.debug(
    { requestId, operation: id, caller: caller.kind === 'client' ? caller.clientId : 'anybody' },
    'answered',
  );
}

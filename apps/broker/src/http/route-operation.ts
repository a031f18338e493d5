import { operations, type Operation, type OperationId, type ParsedRequestOf } from '@dcvsm/protocol';
import type { Log } from '@dcvsm/runtime';
import type { Request, RequestHandler } from 'express';
import type { RecordAudit } from '../audit/audit-entry.js';
import type { Caller } from '../domain/caller.js';
import type { RequestLimits } from '../domain/check-request.js';
import { hasScope, restrictionOf } from '../domain/visibility.js';
import type { Fleet } from '../fleet/fleet.js';
import { auditEntry, auditOperation, type Outcome } from './audit-operation.js';
import type { Authorize } from './authorize.js';
import { HttpProblem } from './http-problem.js';
import { handlers } from './operations/handlers.js';
import type { OperationHandler } from './operations/operation-handler.js';
import { parseRequest } from './parse-request.js';
import { readJson } from './read-body.js';
import { respondJson } from './respond.js';

export interface RouteOptions {
  readonly fleet: Fleet;
  readonly requestLimits: RequestLimits;
  readonly authorize: Authorize;
  readonly audit: RecordAudit;
  readonly log: Log;
}

/** One operation as a request handler: caller, scope, request, handler, answer, in that order. */
export function routeOperation<Id extends OperationId>(id: Id, options: RouteOptions): RequestHandler {
  const operation: Operation = operations[id];
  const handler: OperationHandler<Id> = handlers[id];
  const { authorize, audit, fleet, requestLimits, log } = options;
  return async (request, response) => {
    const caller = await authorize(request);
    const requestId = String(response.locals['requestId']);
    const entry = auditEntry({ caller, address: request.socket.remoteAddress, requestId }, id);
    if (!hasScope(caller, operation.scope)) {
      const problem = insufficientScope(id, operation);
      audit({ ...entry, objects: [], outcome: 'refused', reason: problem.message });
      throw problem;
    }
    const parsed = parseRequest(operation.request, await requestValue(operation, request));
    const wanted = parsed as ParsedRequestOf<Id>;
    // The only way to the fleet: as this caller may see and touch it.
    const context = { fleet: fleet.seenBy(restrictionOf(caller)), requestLimits };
    const record = (result: Outcome): void => audit({ ...entry, ...result });
    const answer = await auditOperation(id, record, wanted, () => handler(context, wanted));
    respondJson(response, 200, operation.requestIn === 'path' ? answer : { RequestId: requestId, ...answer });
    logCall(log, id, operation, { caller, requestId });
  };
}

/** RFC 6750 section 3.1. */
function insufficientScope(id: OperationId, { scope }: Operation): HttpProblem {
  const words = `${id} needs the scope "${scope}", which this API client does not have`;
  const challenge = `Bearer error="insufficient_scope", scope="${scope}"`;
  return new HttpProblem(403, words, { headers: { 'WWW-Authenticate': challenge } });
}

async function requestValue(operation: Operation, request: Request): Promise<unknown> {
  if (operation.requestIn === 'path') return request.params;
  const body = await readJson(request);
  if (body !== null) return body;
  // An empty body means "no filter" (rule 5); where entries are needed, its absence is named.
  if (operation.requestIn === 'optional-body') return {};
  throw new HttpProblem(400, 'the body is empty; send a JSON array of entries');
}

/** Reads are many and change nothing, so they are logged only for those who look closely. */
function logCall(
  log: Log,
  id: OperationId,
  { scope }: Operation,
  call: { readonly caller: Caller; readonly requestId: string },
): void {
  const level = scope === 'read' ? 'debug' : 'info';
  const { caller, requestId } = call;
  log[level](
    { requestId, operation: id, caller: caller.kind === 'client' ? caller.clientId : 'anybody' },
    'answered',
  );
}

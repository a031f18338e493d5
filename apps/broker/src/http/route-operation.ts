import { operations, type Operation, type OperationId, type ParsedRequestOf } from '@dcvsm/protocol';
import type { Log } from '@dcvsm/runtime';
import type { Request, RequestHandler, Response } from 'express';
import type { Authorize, Caller } from './authorize.js';
import { HttpProblem } from './http-problem.js';
import { handlers } from './operations/handlers.js';
import type { OperationContext, OperationHandler } from './operations/operation-handler.js';
import { parseRequest } from './parse-request.js';
import { readJson } from './read-body.js';
import { respondJson } from './respond.js';

export interface RouteOptions {
  readonly context: OperationContext;
  readonly authorize: Authorize;
  readonly log: Log;
}

/** One operation as a request handler: caller, request, handler, answer, in that order. */
export function routeOperation<Id extends OperationId>(id: Id, options: RouteOptions): RequestHandler {
  const operation: Operation = operations[id];
  const handler: OperationHandler<Id> = handlers[id];
  return async (request, response) => {
    const caller = options.authorize(request);
    const parsed = parseRequest(operation.request, await requestValue(operation, request));
    const answer = await handler(options.context, parsed as ParsedRequestOf<Id>);
    const requestId = String(response.locals['requestId']);
    respondJson(response, 200, operation.requestIn === 'path' ? answer : { RequestId: requestId, ...answer });
    logCall(options.log, id, operation, caller, response);
  };
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
function logCall(log: Log, id: OperationId, operation: Operation, caller: Caller, response: Response): void {
  const level = operation.scope === 'read' ? 'debug' : 'info';
  const requestId: unknown = response.locals['requestId'];
  log[level](
    { requestId, operation: id, caller: caller.kind === 'client' ? caller.clientId : 'anybody' },
    'answered',
  );
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { operationIds, operations } from '@dcvsm/protocol';
import type { Ids, Log } from '@dcvsm/runtime';
import { respondProblem } from './base-app.js';
import { requestIdOf } from './request-id.js';
import type { AnswerOperation } from './route-operation.js';
import type { AnswerOperations } from './route-operations.js';

/** Answers a request, or leaves it to Express: false. */
export type TryPlainRoutes = (request: IncomingMessage, response: ServerResponse) => boolean;

interface ParameterRoute {
  readonly method: string;
  readonly path: RegExp;
  readonly answer: AnswerOperation;
}

const NO_PARAMS: Readonly<Record<string, string>> = {};

/**
 * Answers operations whose path is written in the plain way, without Express: its routing costs 20 µs, as much as all else
 * that the broker does for a small call. What is written otherwise (an escape, a query, another method) is left to Express,
 * which has the same operations.
 */
export function plainRoutes(
  answers: AnswerOperations,
  { ids, log }: { readonly ids: Ids; readonly log: Log },
): TryPlainRoutes {
  const whole = new Map<string, AnswerOperation>();
  const withParameters: ParameterRoute[] = [];
  for (const id of operationIds) {
    const { method, path, requestIn } = operations[id];
    if (requestIn !== 'path') whole.set(`${method} ${path}`, answers[id]);
    else withParameters.push({ method, path: plainPath(path), answer: answers[id] });
  }
  return (request, response) => {
    const { method = '', url = '' } = request;
    let params = NO_PARAMS;
    let answer = whole.get(`${method} ${url}`);
    if (answer === undefined) {
      for (const route of withParameters) {
        const groups = route.method === method ? route.path.exec(url)?.groups : undefined;
        if (groups === undefined) continue;
        params = groups;
        answer = route.answer;
      }
    }
    if (answer === undefined) return false;
    const requestId = requestIdOf(request, ids);
    answer({ request, response, requestId, params }).catch((error: unknown) => {
      if (response.headersSent) return void request.socket.destroy();
      response.setHeader('X-Request-Id', requestId);
      respondProblem(log, error, { response, requestId, method, path: url });
    });
    return true;
  };
}

/** Matches a path whose parameters need no decoding. */
function plainPath(path: string): RegExp {
  const pattern = path.replace(/\{(\w+)\}/g, '(?<$1>[\\w.~-]+)');
  return new RegExp(`^${pattern}$`);
}

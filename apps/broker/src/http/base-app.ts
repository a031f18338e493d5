import type { ServerResponse } from 'node:http';
import type { Ids, Log } from '@dcvsm/runtime';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import { HttpProblem, toHttpProblem } from './http-problem.js';
import { printable } from '../domain/printable.js';
import { requestIdOf } from './request-id.js';
import { respondJson } from './respond.js';

const MOST_WORDS = 2000;

/** An Express app without what costs time and gives nothing here (entity tags, nested queries, its own banner). */
export function baseApp(ids: Ids): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.enable('case sensitive routing');
  app.use(giveRequestId(ids));
  return app;
}

function giveRequestId(ids: Ids): RequestHandler {
  return (request, response, next) => {
    const requestId = requestIdOf(request, ids);
    response.locals['requestId'] = requestId;
    response.setHeader('X-Request-Id', requestId);
    next();
  };
}

/** Answers what no route took, and translates errors; to be called after the routes. */
export function endRoutes(app: Express, log: Log): void {
  app.use((request) => {
    throw new HttpProblem(404, `there is no ${request.method} ${printable(request.path)}`);
  });
  app.use(answerErrors(log));
}

function answerErrors(log: Log): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) return next(error);
    const requestId = String(response.locals['requestId']);
    respondProblem(log, error, { response, requestId, method: request.method, path: request.path });
  };
}

/** Answers a request that failed, and logs it. */
export function respondProblem(
  log: Log,
  error: unknown,
  call: {
    readonly response: ServerResponse;
    readonly requestId: string;
    readonly method: string;
    readonly path: string;
  },
): void {
  const { response, requestId, method } = call;
  const path = printable(call.path);
  const problem = toHttpProblem(error);
  if (problem === null) {
    log.error({ err: error, requestId, method, path }, 'a bug: a request failed in an unforeseen way');
    return respondJson(response, 500, { error: 'Internal error', requestId });
  }
  // Words may repeat what the caller sent.
  const words = printable(problem.message, MOST_WORDS);
  const refused = { requestId, method, path, status: problem.status, reason: words };
  if (problem.status >= 500) log.error({ ...refused, err: problem.cause }, 'could not answer');
  else log.info(refused, 'refused');
  respondJson(response, problem.status, { error: words }, problem.headers);
}

/** Known path, wrong method. */
export function refuseOtherMethods(app: Express, path: string, allowed: string): void {
  app.all(path, (request) => {
    const words = `${request.method} is not allowed here; use ${allowed}`;
    throw new HttpProblem(405, words, { headers: { Allow: allowed } });
  });
}

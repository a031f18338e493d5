import { operationIds, operations, type OperationId } from '@dcvsm/protocol';
import type { Express } from 'express';
import { AnswersOfATurn } from './answers-of-a-turn.js';
import { refuseOtherMethods } from './base-app.js';
import { answerOperation, type AnswerOperation, type RouteOptions } from './route-operation.js';
import { SessionJson } from './session-json.js';

export type AnswerOperations = Readonly<Record<OperationId, AnswerOperation>>;

export function answerOperations(options: RouteOptions): AnswerOperations {
  const shared = { sessionJson: new SessionJson(), answers: new AnswersOfATurn() };
  const answers = operationIds.map((id) => [id, answerOperation(id, options, shared)]);
  return Object.fromEntries(answers) as AnswerOperations;
}

/** All operations of the contract, each on its path. */
export function routeOperations(app: Express, answers: AnswerOperations): void {
  for (const id of operationIds) {
    const { method, path } = operations[id];
    const route = path.replace(/\{(\w+)\}/g, ':$1');
    const verb = method.toLowerCase() as Lowercase<typeof method>;
    const answer = answers[id];
    app[verb](route, (request, response) => {
      const requestId = String(response.locals['requestId']);
      return answer({ request, response, requestId, params: request.params });
    });
    refuseOtherMethods(app, route, method);
  }
}

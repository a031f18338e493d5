import { ReadyJson } from '../ready-json.js';
import { sessionJson } from './describeSessions.js';
import type { OperationHandler } from './operation-handler.js';

export const GetSessionConnectionData: OperationHandler<'GetSessionConnectionData'> = async (
  context,
  request,
) => {
  const { session, connectionToken } = await context.fleet.connectionData(request);
  return { Session: new ReadyJson(sessionJson(context, session)), ConnectionToken: connectionToken };
};

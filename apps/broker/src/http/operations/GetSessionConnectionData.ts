import { toWire } from './describeSessions.js';
import type { OperationHandler } from './operation-handler.js';

export const GetSessionConnectionData: OperationHandler<'GetSessionConnectionData'> = async (
  context,
  { sessionId, user },
) => {
  const { session, connectionToken } = await context.fleet.connectionData(sessionId, user);
  return { Session: toWire(context, session), ConnectionToken: connectionToken };
};

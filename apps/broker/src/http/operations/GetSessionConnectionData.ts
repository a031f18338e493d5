import { toWire } from './describeSessions.js';
import type { OperationHandler } from './operation-handler.js';

export const GetSessionConnectionData: OperationHandler<'GetSessionConnectionData'> = async (
  { fleet },
  request,
) => {
  const { session, connectionToken } = await fleet.connectionData(request);
  return { Session: toWire(fleet, session), ConnectionToken: connectionToken };
};

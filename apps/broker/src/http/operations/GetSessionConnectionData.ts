import { ReadyJson } from '../ready-json.js';
import type { OperationHandler } from './operation-handler.js';

export const GetSessionConnectionData: OperationHandler<'GetSessionConnectionData'> = async (
  { fleet, sessionJson },
  request,
) => {
  const { session, connectionToken } = await fleet.connectionData(request);
  const json = sessionJson.of(session, fleet.serverOf(session), fleet.liveOf(session));
  return { Session: ReadyJson.value(json), ConnectionToken: connectionToken };
};

import type { CreateSessionRequestData } from '@dcvsm/protocol';
import { createRequestProblem } from '../../domain/check-request.js';
import type { SessionRequest } from '../../domain/session-lifecycle.js';
import { toWireAcceptedSession } from '../to-wire.js';
import type { OperationHandler } from './operation-handler.js';

export const createSessions: OperationHandler<'createSessions'> = async (context, entries) => {
  const checked = entries.map((entry) => ({
    entry,
    problem: createRequestProblem(entry, context.requestLimits),
  }));
  const good = checked.filter(({ problem }) => problem === null).map(({ entry }) => entry);
  const created = await context.fleet.createSessions(good.map(toSessionRequest));

  const SuccessfulList = [];
  const UnsuccessfulList = checked
    .filter((one): one is { entry: CreateSessionRequestData; problem: string } => one.problem !== null)
    .map(({ entry, problem }) => ({ CreateSessionRequestData: entry, FailureReason: problem }));
  for (const [index, result] of created.entries()) {
    const entry = good[index];
    if (result.kind === 'accepted') SuccessfulList.push(toWireAcceptedSession(result.session));
    else if (entry !== undefined) {
      UnsuccessfulList.push({ CreateSessionRequestData: entry, FailureReason: result.reason });
    }
  }
  return { SuccessfulList, UnsuccessfulList };
};

function toSessionRequest(entry: CreateSessionRequestData): SessionRequest {
  const initFile = entry.InitFile ?? entry.InitFilePath;
  return {
    name: entry.Name,
    owner: entry.Owner,
    type: entry.Type,
    wanted: {
      ...(entry.DcvGlEnabled !== undefined && { dcvGlEnabled: entry.DcvGlEnabled }),
      ...(entry.MaxConcurrentClients !== undefined && { maxConcurrentClients: entry.MaxConcurrentClients }),
      ...(initFile !== undefined && { initFile }),
      ...(entry.AutorunFile !== undefined && { autorunFile: entry.AutorunFile }),
      ...(entry.AutorunFileArguments !== undefined && { autorunFileArguments: entry.AutorunFileArguments }),
      ...(entry.PermissionsFile !== undefined && { permissionsFile: entry.PermissionsFile }),
      ...(entry.Requirements !== undefined && { requirements: entry.Requirements }),
      ...(entry.StorageRoot !== undefined && { storageRoot: entry.StorageRoot }),
      enqueue: entry.EnqueueRequest ?? false,
      retryOnFailure: !(entry.DisableRetryOnFailure ?? false),
    },
  };
}

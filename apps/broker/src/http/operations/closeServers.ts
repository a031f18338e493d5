import type { OperationHandler } from './operation-handler.js';

export const closeServers: OperationHandler<'closeServers'> = async ({ fleet }, entries) => {
  const results = await Promise.all(
    entries.map(async (entry) => ({
      entry,
      result: await fleet.closeServer(entry.ServerId, entry.Force ?? false),
    })),
  );
  return {
    SuccessfulList: results.flatMap(({ entry, result }) =>
      result.kind === 'changed' ? [{ ServerId: entry.ServerId }] : [],
    ),
    UnsuccessfulList: results.flatMap(({ entry, result }) =>
      result.kind === 'refused'
        ? [{ CloseServerRequestData: entry, FailureCode: result.code, FailureReason: result.reason }]
        : [],
    ),
  };
};

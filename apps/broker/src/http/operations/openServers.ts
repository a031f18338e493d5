import type { OperationHandler } from './operation-handler.js';

export const openServers: OperationHandler<'openServers'> = async ({ fleet }, entries) => {
  const results = await Promise.all(
    entries.map(async (entry) => ({ entry, result: await fleet.openServer(entry.ServerId) })),
  );
  return {
    SuccessfulList: results.flatMap(({ entry, result }) =>
      result.kind === 'changed' ? [{ ServerId: entry.ServerId }] : [],
    ),
    UnsuccessfulList: results.flatMap(({ entry, result }) =>
      result.kind === 'refused'
        ? [{ OpenServerRequestData: entry, FailureCode: result.code, FailureReason: result.reason }]
        : [],
    ),
  };
};

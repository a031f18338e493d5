import type { OperationHandler } from './operation-handler.js';

export const deleteSessions: OperationHandler<'deleteSessions'> = async ({ fleet }, entries) => {
  const results = await Promise.all(
    entries.map(async ({ SessionId, Owner, Force = false }) => ({
      SessionId,
      result: await fleet.deleteSession({ sessionId: SessionId, owner: Owner, forced: Force }),
    })),
  );
  return {
    SuccessfulList: results.flatMap(({ SessionId, result }) =>
      result.kind === 'accepted' ? [{ SessionId, State: result.session.state }] : [],
    ),
    UnsuccessfulList: results.flatMap(({ SessionId, result }) =>
      result.kind === 'refused' ? [{ SessionId, FailureReason: result.reason }] : [],
    ),
  };
};

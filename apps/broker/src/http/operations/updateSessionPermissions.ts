import { permissionsFileProblem } from '../../domain/permissions-file.js';
import type { OperationHandler } from './operation-handler.js';

export const updateSessionPermissions: OperationHandler<'updateSessionPermissions'> = async (
  { fleet },
  entries,
) => {
  const results = await Promise.all(
    entries.map(async ({ SessionId, Owner, PermissionsFile }) => {
      const problem = permissionsFileProblem(Buffer.from(PermissionsFile, 'base64'));
      if (problem !== null) return { SessionId, reason: problem };
      const request = { sessionId: SessionId, owner: Owner, permissionsFile: PermissionsFile };
      const result = await fleet.setPermissions(request);
      return { SessionId, reason: result.kind === 'refused' ? result.reason : null };
    }),
  );
  return {
    SuccessfulList: results.flatMap(({ SessionId, reason }) => (reason === null ? [{ SessionId }] : [])),
    UnsuccessfulList: results.flatMap(({ SessionId, reason }) =>
      reason === null ? [] : [{ SessionId, FailureReason: reason }],
    ),
  };
};

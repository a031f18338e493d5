import { z } from 'zod';
import { limits } from './limits.js';
import { base64, flag, int64, label, text } from './scalars.js';
import { Owner, RequestId, Session, SessionType } from './types.js';

const relativePath = () => text(limits.pathCharacters).min(1, 'must not be empty');

export const CreateSessionRequestData = z
  .strictObject({
    Name: label(limits.nameCharacters),
    Owner,
    Type: z
      .string()
      .transform((value) => value.toUpperCase())
      .pipe(SessionType)
      .meta({ wire: { type: 'string', enum: SessionType.options } }),
    DcvGlEnabled: flag().optional(),
    MaxConcurrentClients: int64().min(1).optional(),
    /** Relative to the agent's init folder. */
    InitFile: relativePath().optional(),
    /** Deprecated spelling of InitFile. */
    InitFilePath: relativePath().optional(),
    /** Relative to the agent's autorun folder. */
    AutorunFile: relativePath().optional(),
    AutorunFileArguments: z.array(text(limits.argumentCharacters)).max(limits.arguments).optional(),
    /** Base64 of a DCV permissions file. */
    PermissionsFile: base64(limits.permissionsFileBytes).optional(),
    Requirements: text(limits.requirementsCharacters).optional(),
    EnqueueRequest: flag().optional(),
    DisableRetryOnFailure: flag().optional(),
    StorageRoot: label(limits.pathCharacters).optional(),
  })
  .meta({ id: 'CreateSessionRequestData' });
export type CreateSessionRequestData = z.infer<typeof CreateSessionRequestData>;

export const UnsuccessfulCreateSessionRequestData = z
  .strictObject({ CreateSessionRequestData, FailureReason: z.string() })
  .meta({ id: 'UnsuccessfulCreateSessionRequestData' });
export type UnsuccessfulCreateSessionRequestData = z.infer<typeof UnsuccessfulCreateSessionRequestData>;

export const CreateSessionsRequest = z.array(CreateSessionRequestData).max(limits.entriesPerRequest);
export type CreateSessionsRequest = z.infer<typeof CreateSessionsRequest>;

export const CreateSessionsResponse = z
  .strictObject({
    RequestId,
    SuccessfulList: z.array(Session),
    UnsuccessfulList: z.array(UnsuccessfulCreateSessionRequestData),
  })
  .meta({ id: 'CreateSessionsResponse' });
export type CreateSessionsResponse = z.infer<typeof CreateSessionsResponse>;

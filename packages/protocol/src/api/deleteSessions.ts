import { z } from 'zod';
import { limits } from './limits.js';
import { flag } from './scalars.js';
import { Owner, RequestId, SessionId, SessionState } from './types.js';

export const DeleteSessionRequestData = z
  .strictObject({
    SessionId,
    Owner,
    /** Removes the session from the broker even when its server does not answer. */
    Force: flag().optional(),
  })
  .meta({ id: 'DeleteSessionRequestData' });
export type DeleteSessionRequestData = z.infer<typeof DeleteSessionRequestData>;

export const DeleteSessionSuccessfulResponse = z
  .strictObject({ SessionId: z.string(), State: SessionState })
  .meta({ id: 'DeleteSessionSuccessfulResponse' });

export const DeleteSessionUnsuccessfulResponse = z
  .strictObject({ SessionId: z.string(), FailureReason: z.string() })
  .meta({ id: 'DeleteSessionUnsuccessfulResponse' });

export const DeleteSessionsRequest = z.array(DeleteSessionRequestData).max(limits.entriesPerRequest);
export type DeleteSessionsRequest = z.infer<typeof DeleteSessionsRequest>;

export const DeleteSessionsResponse = z
  .strictObject({
    RequestId,
    SuccessfulList: z.array(DeleteSessionSuccessfulResponse),
    UnsuccessfulList: z.array(DeleteSessionUnsuccessfulResponse),
  })
  .meta({ id: 'DeleteSessionsResponse' });
export type DeleteSessionsResponse = z.infer<typeof DeleteSessionsResponse>;

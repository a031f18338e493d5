import { z } from 'zod';
import { limits } from './limits.js';
import { flag } from './scalars.js';
import { RequestId, ServerId } from './types.js';

export const CloseServerRequestData = z
  .strictObject({
    ServerId,
    /** Closes a server that has sessions; they go on. */
    Force: flag().optional(),
  })
  .meta({ id: 'CloseServerRequestData' });
export type CloseServerRequestData = z.infer<typeof CloseServerRequestData>;

export const CloseServerSuccessfulResponse = z
  .strictObject({ ServerId: z.string() })
  .meta({ id: 'CloseServerSuccessfulResponse' });

export const CloseServerUnsuccessfulResponse = z
  .strictObject({ CloseServerRequestData, FailureCode: z.string(), FailureReason: z.string() })
  .meta({ id: 'CloseServerUnsuccessfulResponse' });

export const CloseServersRequest = z.array(CloseServerRequestData).max(limits.entriesPerRequest);
export type CloseServersRequest = z.infer<typeof CloseServersRequest>;

export const CloseServersResponse = z
  .strictObject({
    RequestId,
    SuccessfulList: z.array(CloseServerSuccessfulResponse),
    UnsuccessfulList: z.array(CloseServerUnsuccessfulResponse),
  })
  .meta({ id: 'CloseServersResponse' });
export type CloseServersResponse = z.infer<typeof CloseServersResponse>;

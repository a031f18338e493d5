import { z } from 'zod';
import { limits } from './limits.js';
import { RequestId, ServerId } from './types.js';

export const OpenServerRequestData = z.strictObject({ ServerId }).meta({ id: 'OpenServerRequestData' });
export type OpenServerRequestData = z.infer<typeof OpenServerRequestData>;

export const OpenServerSuccessfulResponse = z
  .strictObject({ ServerId: z.string() })
  .meta({ id: 'OpenServerSuccessfulResponse' });

export const OpenServerUnsuccessfulResponse = z
  .strictObject({ OpenServerRequestData, FailureCode: z.string(), FailureReason: z.string() })
  .meta({ id: 'OpenServerUnsuccessfulResponse' });

export const OpenServersRequest = z.array(OpenServerRequestData).max(limits.entriesPerRequest);
export type OpenServersRequest = z.infer<typeof OpenServersRequest>;

export const OpenServersResponse = z
  .strictObject({
    RequestId,
    SuccessfulList: z.array(OpenServerSuccessfulResponse),
    UnsuccessfulList: z.array(OpenServerUnsuccessfulResponse),
  })
  .meta({ id: 'OpenServersResponse' });
export type OpenServersResponse = z.infer<typeof OpenServersResponse>;

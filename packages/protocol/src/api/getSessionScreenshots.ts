import { z } from 'zod';
import { limits } from './limits.js';
import { dateTime, int64 } from './scalars.js';
import { RequestId, SessionId } from './types.js';

export const GetSessionScreenshotRequestData = z
  .strictObject({
    SessionId,
    /** Pixels; the broker's configured size if absent, and never more than the session has. */
    MaxWidth: int64().min(1).max(65_535).optional(),
    MaxHeight: int64().min(1).max(65_535).optional(),
  })
  .meta({ id: 'GetSessionScreenshotRequestData' });
export type GetSessionScreenshotRequestData = z.infer<typeof GetSessionScreenshotRequestData>;

export const SessionScreenshotImage = z
  .strictObject({
    Format: z.enum(['png', 'jpeg']),
    /** Base64. */
    Data: z.string(),
    CreationTime: dateTime(),
    Primary: z.boolean(),
  })
  .meta({ id: 'SessionScreenshotImage' });
export type SessionScreenshotImage = z.infer<typeof SessionScreenshotImage>;

export const SessionScreenshot = z
  .strictObject({ SessionId: z.string(), Images: z.array(SessionScreenshotImage) })
  .meta({ id: 'SessionScreenshot' });
export type SessionScreenshot = z.infer<typeof SessionScreenshot>;

export const GetSessionScreenshotSuccessfulResponse = z
  .strictObject({ SessionScreenshot })
  .meta({ id: 'GetSessionScreenshotSuccessfulResponse' });

export const GetSessionScreenshotUnsuccessfulResponse = z
  .strictObject({ GetSessionScreenshotRequestData, FailureReason: z.string() })
  .meta({ id: 'GetSessionScreenshotUnsuccessfulResponse' });

export const GetSessionScreenshotsRequest = z
  .array(GetSessionScreenshotRequestData)
  .max(limits.entriesPerRequest);
export type GetSessionScreenshotsRequest = z.infer<typeof GetSessionScreenshotsRequest>;

export const GetSessionScreenshotsResponse = z
  .strictObject({
    RequestId,
    SuccessfulList: z.array(GetSessionScreenshotSuccessfulResponse),
    UnsuccessfulList: z.array(GetSessionScreenshotUnsuccessfulResponse),
  })
  .meta({ id: 'GetSessionScreenshotsResponse' });
export type GetSessionScreenshotsResponse = z.infer<typeof GetSessionScreenshotsResponse>;

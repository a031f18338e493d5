import { z } from 'zod';
import { Owner, Session, SessionId } from './types.js';

/** Path parameters, percent-decoded. */
export const GetSessionConnectionDataPath = z.strictObject({
  sessionId: SessionId,
  /** Who will connect; need not be the owner (collaboration). */
  user: Owner,
});
export type GetSessionConnectionDataPath = z.infer<typeof GetSessionConnectionDataPath>;

export const GetSessionConnectionDataResponse = z
  .strictObject({ Session, ConnectionToken: z.string() })
  .meta({ id: 'GetSessionConnectionDataResponse' });
export type GetSessionConnectionDataResponse = z.infer<typeof GetSessionConnectionDataResponse>;

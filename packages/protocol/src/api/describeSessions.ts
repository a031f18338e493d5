import { z } from 'zod';
import { limits } from './limits.js';
import { int32, text } from './scalars.js';
import { KeyValuePair, RequestId, Session } from './types.js';

export const DescribeSessionsRequestData = z
  .strictObject({
    SessionIds: z.array(text(limits.sessionIdCharacters)).max(limits.entriesPerRequest).optional(),
    /** Key `owner` or `tag:<key>`; a tag filter looks at the tags of the session's server; all must hold. */
    Filters: z.array(KeyValuePair).max(limits.filters).optional(),
    MaxResults: int32().min(1).max(limits.maxResults).optional(),
    NextToken: text(limits.nextTokenCharacters).optional(),
  })
  .meta({ id: 'DescribeSessionsRequestData' });
export type DescribeSessionsRequestData = z.infer<typeof DescribeSessionsRequestData>;

export const DescribeSessionsResponse = z
  .strictObject({ RequestId, Sessions: z.array(Session), NextToken: z.string().optional() })
  .meta({ id: 'DescribeSessionsResponse' });
export type DescribeSessionsResponse = z.infer<typeof DescribeSessionsResponse>;

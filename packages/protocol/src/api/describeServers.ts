import { z } from 'zod';
import { limits } from './limits.js';
import { int32, text } from './scalars.js';
import { RequestId, Server } from './types.js';

export const DescribeServersRequestData = z
  .strictObject({
    /** An empty list means no filter, as an absent one: existing portals send `[]`. */
    ServerIds: z.array(text(limits.serverIdCharacters)).max(limits.entriesPerRequest).optional(),
    MaxResults: int32().min(1).max(limits.maxResults).optional(),
    NextToken: text(limits.nextTokenCharacters).optional(),
  })
  .meta({ id: 'DescribeServersRequestData' });
export type DescribeServersRequestData = z.infer<typeof DescribeServersRequestData>;

export const DescribeServersResponse = z
  .strictObject({ RequestId, Servers: z.array(Server), NextToken: z.string().optional() })
  .meta({ id: 'DescribeServersResponse' });
export type DescribeServersResponse = z.infer<typeof DescribeServersResponse>;

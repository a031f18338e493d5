import { z } from 'zod';
import type { ChainHead } from '../audit/audit-line.js';
import { callAdmin, parseAnswer, type AdminAddress } from './admin-client.js';

const Head = z.object({ seq: z.int(), hash: z.string() });

/** Where the chain stands in the running broker. @rejects AdminError */
export async function auditHead(broker: AdminAddress): Promise<ChainHead> {
  return parseAnswer(Head, await callAdmin(broker, 'GET', '/audit/head'));
}

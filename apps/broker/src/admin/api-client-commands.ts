import { z } from 'zod';
import { callAdmin, type AdminAddress } from './admin-client.js';
import type { LimitsRequest } from './api-client-limits.js';
import { prettyJson } from './pretty-json.js';

/** The commands on API clients, each resolving with what it prints (administration guide, "CLI reference"). */

const Registered = z.object({ id: z.string(), password: z.string() });

/** Each line starts with a blank and ends with a line break: three different parsers in the field depend on it. */
export async function registerApiClient(
  broker: AdminAddress,
  name: string,
  limits: LimitsRequest = {},
): Promise<string> {
  const answer = await callAdmin(broker, 'POST', '/api-clients', { name, ...limits });
  const { id, password } = Registered.parse(answer);
  return ` client-id: ${id}\n client-password: ${password}\n`;
}

export async function describeApiClients(
  broker: AdminAddress,
  { details }: { readonly details: boolean } = { details: false },
): Promise<string> {
  const path = details ? '/api-clients?details=true' : '/api-clients';
  return `Api clients\n${prettyJson(await callAdmin(broker, 'GET', path))}\n`;
}

export async function unregisterApiClient(broker: AdminAddress, id: string): Promise<string> {
  await callAdmin(broker, 'DELETE', `/api-clients/${encodeURIComponent(id)}`);
  return `Client ${id} unregistered.\n`;
}

import { z } from 'zod';
import { callAdmin } from './admin-client.js';
import { prettyJson } from './pretty-json.js';

/** The commands on API clients, each resolving with what it prints (administration guide, "CLI reference"). */

const Registered = z.object({ id: z.string(), password: z.string() });

/** Each line starts with a blank and ends with a line break: three different parsers in the field depend on it. */
export async function registerApiClient(socketPath: string, name: string): Promise<string> {
  const { id, password } = Registered.parse(await callAdmin(socketPath, 'POST', '/api-clients', { name }));
  return ` client-id: ${id}\n client-password: ${password}\n`;
}

export async function describeApiClients(socketPath: string): Promise<string> {
  return `Api clients\n${prettyJson(await callAdmin(socketPath, 'GET', '/api-clients'))}\n`;
}

export async function unregisterApiClient(socketPath: string, id: string): Promise<string> {
  await callAdmin(socketPath, 'DELETE', `/api-clients/${encodeURIComponent(id)}`);
  return `Client ${id} unregistered.\n`;
}

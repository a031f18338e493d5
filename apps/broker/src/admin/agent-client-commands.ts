import { callAdmin, type AdminAddress } from './admin-client.js';
import { prettyJson } from './pretty-json.js';

/** The commands on agent clients, each resolving with what it prints (administration guide, "CLI reference"). */

export async function describeAgentClients(broker: AdminAddress): Promise<string> {
  return `Session manager agent clients\n${prettyJson(await callAdmin(broker, 'GET', '/agent-clients'))}\n`;
}

export async function unregisterAgentClient(broker: AdminAddress, id: string): Promise<string> {
  await callAdmin(broker, 'DELETE', `/agent-clients/${encodeURIComponent(id)}`);
  return `agent client ${id} unregistered\n`;
}

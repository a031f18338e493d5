import { z } from 'zod';
import { callAdmin, type AdminAddress } from './admin-client.js';
import { prettyJson } from './pretty-json.js';

/** The commands on external authorization servers, each resolving with what it prints (administration guide). */

export interface AuthServerOptions {
  readonly algorithm?: string;
  readonly issuer?: string;
  readonly audience?: string;
  readonly scopes?: readonly string[];
}

const Registered = z.object({ problem: z.string().nullable() });
const Listed = z.array(z.looseObject({ url: z.string() }));

/**
 * The server is registered also if its keys cannot be had now; `warn` then gets the words for the operator, so that
 * scripts find on the standard output what the original prints.
 */
export async function registerAuthServer(
  broker: AdminAddress,
  url: string,
  { options = {}, warn }: { readonly options?: AuthServerOptions; readonly warn: (words: string) => void },
): Promise<string> {
  const answer = await callAdmin(broker, 'POST', '/auth-servers', { url, ...options });
  const { problem } = Registered.parse(answer);
  if (problem !== null) warn(`Warning: it is registered, but no token of it can be verified now: ${problem}`);
  return 'Jwk url registered.\n';
}

export async function listAuthServers(
  broker: AdminAddress,
  { details }: { readonly details: boolean },
): Promise<string> {
  const servers = Listed.parse(await callAdmin(broker, 'GET', '/auth-servers'));
  const urls = `Urls: ${prettyJson(servers.map(({ url }) => url))}\n`;
  return details ? `${urls}${prettyJson(servers)}\n` : urls;
}

/** The guide prints no blank after `url`, and scripts may have been written against that. */
export async function unregisterAuthServer(broker: AdminAddress, url: string): Promise<string> {
  await callAdmin(broker, 'DELETE', `/auth-servers/${encodeURIComponent(url)}`);
  return `Jwk url${url} unregistered\n`;
}

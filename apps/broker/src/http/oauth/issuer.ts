import type { IncomingMessage } from 'node:http';

const HOST = /^(?:[a-z0-9](?:[a-z0-9.-]{0,252})|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/i;

/**
 * The name of this authorization server (RFC 8414 section 2): the configured one, else the name by which the client
 * calls it. Clients know a broker by the name of a load balancer, or by one of several, and only they know which.
 */
export function issuerOf(request: IncomingMessage, configured: string | null): string {
  if (configured !== null) return configured;
  const { host = '' } = request.headers;
  if (HOST.test(host)) return `https://${host.toLowerCase()}`;
  const { localAddress = '127.0.0.1', localPort = 443 } = request.socket;
  const address = localAddress.includes(':') ? `[${localAddress}]` : localAddress;
  return `https://${address}:${localPort}`;
}

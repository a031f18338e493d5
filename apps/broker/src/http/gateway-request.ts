import { canonicalIp } from '../domain/ip-address.js';
import { printable } from '../domain/printable.js';
import type { Transport } from '../domain/resolve-session.js';

/** What a gateway asks (gateway administrator guide, "session resolver"). */
export interface ResolveRequest {
  readonly kind: 'request';
  readonly sessionId: string;
  readonly transport: Transport;
  /** Of the user's client, or of what stands before the gateway; null if the gateway does not know. */
  readonly clientIpAddress: string | null;
}

/** What is wrong with a request, in the words of the guide's sample where it has some. */
export interface UnclearRequest {
  readonly kind: 'unclear';
  readonly words: string;
}

/** Reads `?sessionId=…&transport=…&clientIpAddress=…`; other parameters are left to newer gateways. */
export function readResolveRequest(target: string): ResolveRequest | UnclearRequest {
  const start = target.indexOf('?');
  const query = new URLSearchParams(start === -1 ? '' : target.slice(start));
  for (const name of ['sessionId', 'transport', 'clientIpAddress']) {
    // Which of several counts would depend on who reads them.
    if (query.getAll(name).length > 1) return unclear(`Repeated ${name} parameter; send it once`);
  }
  const sessionId = query.get('sessionId') ?? '';
  if (sessionId === '') return unclear('Missing sessionId parameter');
  const transport = query.get('transport');
  if (transport !== 'HTTP' && transport !== 'QUIC')
    return invalid('transport', transport, 'use HTTP or QUIC');
  const client = query.get('clientIpAddress');
  const clientIpAddress = client === null ? null : canonicalIp(client);
  if (client !== null && clientIpAddress === null) {
    return invalid('clientIpAddress', client, 'send an IPv4 or IPv6 address, or no such parameter');
  }
  return { kind: 'request', sessionId, transport, clientIpAddress };
}

function invalid(name: string, value: string | null, remedy: string): UnclearRequest {
  const shown = value === null ? 'it is missing' : `"${printable(value, 64)}"`;
  return unclear(`Invalid ${name} parameter: ${shown}; ${remedy}`);
}

function unclear(words: string): UnclearRequest {
  return { kind: 'unclear', words };
}

import type { EndpointFacts } from '@dcvsm/protocol';
import { gatewayDnsName, type DnsMapping } from './dns-mapping.js';
import type { Server } from './server.js';
import type { Session } from './session.js';

/** How a user's client talks to the DCV server: WebSocket over HTTPS, or QUIC. */
export type Transport = EndpointFacts['protocol'];

/** Where a gateway finds a session (gateway administrator guide, "session resolver"). */
export type Resolution =
  | {
      readonly kind: 'resolved';
      readonly sessionId: string;
      readonly transport: Transport;
      readonly dnsName: string;
      readonly port: number;
      readonly webUrlPath: string;
    }
  /** The reason is for the operator; a gateway is told only that there is none. */
  | { readonly kind: 'not-found'; readonly reason: string };

export interface ResolveInput {
  /** All sessions of the id that was asked for. */
  readonly sessions: readonly Session[];
  readonly transport: Transport;
  readonly server: (id: string) => Server | undefined;
  readonly mapping: (key: string) => DnsMapping | undefined;
}

export function resolveSession({ sessions, transport, server, mapping }: ResolveInput): Resolution {
  const chosen = sessionMeant(sessions);
  if (typeof chosen === 'string') return notFound(chosen);
  const host = chosen.serverId === null ? undefined : server(chosen.serverId);
  if (host === undefined) return notFound('the server of the session is not known any more');
  const { endpoints, webUrlPath } = host.facts;
  const endpoint = endpoints.find(({ protocol }) => protocol === transport);
  if (endpoint === undefined) return notFound(`the DCV server of the session has no ${transport} endpoint`);
  // Only HTTP endpoints have a path of their own; it is the same DCV server.
  const web = endpoints.find(({ protocol }) => protocol === 'HTTP');
  return {
    kind: 'resolved',
    sessionId: chosen.id,
    transport,
    dnsName: gatewayDnsName(host, mapping),
    port: endpoint.port,
    webUrlPath: web?.webUrlPath || webUrlPath || '/',
  };
}

/**
 * The one session that can be meant, or why there is none. Hosts may each have a `console` of their own; when several
 * live, nothing in the question says which, and a guess would lead people to somebody else's desktop.
 */
function sessionMeant(sessions: readonly Session[]): Session | string {
  const inState = (state: Session['state']): Session[] =>
    sessions.filter((session) => session.state === state);
  const ready = inState('READY');
  // While an agent's link is down its sessions are UNKNOWN, and users go on to connect.
  const living = ready.length > 0 ? ready : inState('UNKNOWN');
  const [first, ...others] = living;
  if (first === undefined) {
    const [known] = sessions;
    return known === undefined ? 'no session has this id' : `the session is ${known.state}`;
  }
  return others.length === 0 ? first : `${living.length} hosts have a session of this id`;
}

function notFound(reason: string): Resolution {
  return { kind: 'not-found', reason };
}

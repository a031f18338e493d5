import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { Clock } from '@dcvsm/runtime';
import type { RequestHandler } from 'express';
import type { AuditActor, RecordAudit } from '../audit/audit-entry.js';
import type { Resolution } from '../domain/resolve-session.js';
import type { Fleet } from '../fleet/fleet.js';
import { hasTrustedCertificate } from '../security/certificates/trusted-peer.js';
import { boundedRefusals } from './bounded-refusals.js';
import { readResolveRequest, type ResolveRequest } from './gateway-request.js';
import { HttpProblem } from './http-problem.js';
import { respondJson } from './respond.js';

export interface ResolveOptions {
  readonly fleet: Fleet;
  readonly audit: RecordAudit;
  /** The listener asks for client certificates; who has shown none gets no answer. */
  readonly requiresCertificate: boolean;
  readonly clock: Clock;
}

type Verdict =
  | { readonly kind: 'found'; readonly objects: readonly string[]; readonly body: object }
  | {
      readonly kind: 'refused';
      readonly objects: readonly string[];
      readonly status: number;
      /** For the gateway. */
      readonly words: string;
      /** For the audit log. */
      readonly reason: string;
    };

/** As the original answers; gateways look at the status only. */
const NOT_FOUND = 'The requested combination of transport and sessionId does not exist';
const NO_CERTIFICATE = 'a client certificate that the trust store vouches for is needed';

/**
 * `POST /resolveSession`: where a gateway finds the DCV server of a session (gateway administrator guide, "session
 * resolver"). Answers are recorded: with a gateway in between, nothing else tells who connects from where.
 */
export function resolveEndpoint(options: ResolveOptions): RequestHandler {
  const record = boundedRefusals(options.audit, options.clock);
  return async (request, response) => {
    const verdict = await judge(options, request);
    const { remoteAddress: address } = request.socket;
    record({
      actor: gatewayOf(request),
      action: 'gateway.resolve',
      objects: verdict.objects,
      ...(verdict.kind === 'found' ? { outcome: 'success' } : { outcome: 'refused', reason: verdict.reason }),
      ...(address !== undefined && { address }),
      requestId: String(response.locals['requestId']),
    });
    if (verdict.kind === 'refused') throw new HttpProblem(verdict.status, verdict.words);
    respondJson(response, 200, verdict.body);
  };
}

async function judge(options: ResolveOptions, request: IncomingMessage): Promise<Verdict> {
  if (options.requiresCertificate && !hasTrustedCertificate(request.socket)) {
    return { kind: 'refused', objects: [], status: 403, words: NO_CERTIFICATE, reason: NO_CERTIFICATE };
  }
  const asked = readResolveRequest(request.url ?? '');
  if (asked.kind === 'unclear') {
    return { kind: 'refused', objects: [], status: 400, words: asked.words, reason: asked.words };
  }
  const objects = objectsOf(asked);
  const found = await options.fleet.resolveSession(asked.sessionId, asked.transport);
  return found.kind === 'resolved'
    ? { kind: 'found', objects, body: toWire(found) }
    : { kind: 'refused', objects, status: 404, words: NOT_FOUND, reason: found.reason };
}

function objectsOf({ sessionId, transport, clientIpAddress }: ResolveRequest): string[] {
  const ids = [sessionId, transport];
  return clientIpAddress === null ? ids : [...ids, clientIpAddress];
}

function toWire(found: Resolution & { readonly kind: 'resolved' }): object {
  return {
    SessionId: found.sessionId,
    TransportProtocol: found.transport,
    DcvServerEndpoint: found.dnsName,
    Port: found.port,
    WebUrlPath: found.webUrlPath,
  };
}

/** By the name in its certificate, if it had to show one. */
function gatewayOf({ socket }: IncomingMessage): AuditActor {
  const isKnown = hasTrustedCertificate(socket) && socket instanceof TLSSocket;
  const [name = null] = isKnown ? [socket.getPeerCertificate().subject.CN].flat() : [];
  return { kind: 'gateway', id: name };
}

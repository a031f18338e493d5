import type { IncomingMessage } from 'node:http';
import type { Log } from '@dcvsm/runtime';
import type { RecordAudit } from '../audit/audit-entry.js';
import { canonicalIp } from '../domain/ip-address.js';
import type { AgentAccess } from '../security/agents/agent-access.js';
import { HttpProblem } from './http-problem.js';

export interface AgentEndpointDeps {
  readonly agents: AgentAccess;
  readonly audit: RecordAudit;
  readonly log: Log;
}

/** RFC 6749 section 5.1: nothing of these answers may be kept by caches. */
export const NO_STORE = { 'Cache-Control': 'no-store', Pragma: 'no-cache' };

export function addressOf(request: IncomingMessage): string {
  const address = request.socket.remoteAddress ?? 'unknown';
  return canonicalIp(address) ?? address;
}

/** @throws HttpProblem 429 when this address was refused too often */
export async function refuseImpatient(agents: AgentAccess, address: string): Promise<void> {
  tellToWait(await agents.attempts.waitOf(address));
}

/** @throws HttpProblem 429 unless there is nothing to wait for */
export function tellToWait(seconds: number): void {
  if (seconds === 0) return;
  const headers = { ...NO_STORE, 'Retry-After': String(seconds) };
  throw new HttpProblem(429, 'too many attempts; wait as long as Retry-After says', { headers });
}

/** @throws HttpProblem 403 */
export function refuseWithoutCertificate(agents: AgentAccess, request: IncomingMessage): void {
  const reason = agents.certificateProblem(request.socket);
  if (reason !== null) throw new HttpProblem(403, reason, { headers: NO_STORE });
}

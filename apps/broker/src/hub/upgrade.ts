import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { AgentAccess, AgentVerdict } from '../security/agents/agent-access.js';

/** A refusal of an upgrade request, with words for the agent's log. */
export interface UpgradeRefusal {
  readonly status: string;
  readonly words: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Says no to an upgrade request before any WebSocket is made of it. */
export function refuseUpgrade(socket: Duplex, { status, words, headers = {} }: UpgradeRefusal): void {
  const body = JSON.stringify({ error: words });
  const lines = Object.entries({
    ...headers,
    Connection: 'close',
    'Content-Type': 'application/json',
    'Content-Length': String(Buffer.byteLength(body)),
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status}\r\n${lines.join('')}\r\n${body}`);
  // Whoever does not close his side is not waited for.
  (socket as Socket).destroySoon?.();
}

/** What the request's bearer token is good for (RFC 6750). Without agent authorization it is not looked at. */
export function judgeRequest(
  access: AgentAccess,
  request: IncomingMessage,
): AgentVerdict | { readonly kind: 'granted'; readonly grant: null } {
  const reason = access.certificateProblem(request.socket);
  if (reason !== null) return { kind: 'refused', reason };
  if (!access.isRequired) return { kind: 'granted', grant: null };
  const token = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1];
  if (token !== undefined) return access.judge(token);
  return { kind: 'refused', reason: 'agents need an access token here, and this one shows none' };
}

/** The answer to an agent that could not prove who it is. */
export function unauthorized(reason: string): UpgradeRefusal {
  const headers = { 'WWW-Authenticate': 'Bearer realm="dcv-session-manager-agent"' };
  return { status: '401 Unauthorized', words: reason, headers };
}

export const BUSY: UpgradeRefusal = {
  status: '503 Service Unavailable',
  words: 'no room for another agent now; try again',
};

export function tooMany(waitSeconds: number): UpgradeRefusal {
  const headers = { 'Retry-After': String(waitSeconds) };
  return {
    status: '429 Too Many Requests',
    words: 'too many attempts; wait as long as Retry-After says',
    headers,
  };
}

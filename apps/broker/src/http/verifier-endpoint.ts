import type { IncomingMessage } from 'node:http';
import type { Clock } from '@dcvsm/runtime';
import type { RequestHandler } from 'express';
import type { RecordAudit } from '../audit/audit-entry.js';
import { canonicalIp } from '../domain/ip-address.js';
import type { Fleet } from '../fleet/fleet.js';
import type { TokenVerdict } from '../fleet/verify-connection-token.js';
import { boundedRefusals } from './bounded-refusals.js';
import { readBody } from './read-body.js';

const MAX_FORM_BYTES = 65_536;

export interface VerifierOptions {
  readonly fleet: Fleet;
  readonly audit: RecordAudit;
  readonly clock: Clock;
}

/**
 * `POST /agent/validate-authentication-token`: what the DCV server asks when somebody connects (DCV administrator guide,
 * "external authentication"). Always 200: the body says yes or no. DCV has no credentials of its own to show.
 */
export function verifierEndpoint({ fleet, audit, clock }: VerifierOptions): RequestHandler {
  const record = boundedRefusals(audit, clock);
  return async (request, response) => {
    const form = await readForm(request);
    const address = request.socket.remoteAddress;
    const verdict = await judge(fleet, form, address);
    record({
      actor: { kind: 'unknown', id: null },
      action: 'connection.verify',
      objects: objectsOf(form, verdict),
      ...(verdict.kind === 'accepted'
        ? { outcome: 'success' }
        : { outcome: 'refused', reason: verdict.reason }),
      ...(address !== undefined && { address }),
      requestId: String(response.locals['requestId']),
    });
    const text = verdictXml(verdict);
    response.writeHead(200, {
      'Content-Type': 'text/xml; charset=utf-8',
      'Content-Length': Buffer.byteLength(text),
      'Cache-Control': 'no-store',
    });
    response.end(text);
  };
}

/** Null: it is no form. A request without a content type is read as one. */
async function readForm(request: IncomingMessage): Promise<URLSearchParams | null> {
  const body = await readBody(request, MAX_FORM_BYTES);
  const contentType = request.headers['content-type'] ?? 'application/x-www-form-urlencoded';
  const isForm = /^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(contentType);
  return isForm ? new URLSearchParams(body.toString('utf8')) : null;
}

async function judge(
  fleet: Fleet,
  form: URLSearchParams | null,
  address: string | undefined,
): Promise<TokenVerdict> {
  if (form === null) return refused('the body must be a form: application/x-www-form-urlencoded');
  for (const name of ['sessionId', 'authenticationToken', 'clientAddress']) {
    // Which of several counts would depend on who reads them.
    if (form.getAll(name).length > 1) return refused(`the form must have ${name} once`);
  }
  const sessionId = form.get('sessionId');
  const token = form.get('authenticationToken');
  if (sessionId === null || token === null) {
    return refused('the form must have sessionId and authenticationToken');
  }
  return fleet.verifyConnectionToken({ sessionId, token, address: address ?? null });
}

/** The session, who connects to it, and from where, as far as each is known; never the token. */
function objectsOf(form: URLSearchParams | null, verdict: TokenVerdict): string[] {
  const sessionId = form?.get('sessionId') ?? undefined;
  const user = verdict.kind === 'accepted' ? verdict.user : undefined;
  const client = canonicalIp(form?.get('clientAddress') ?? '') ?? undefined;
  return [sessionId, user, client].filter((object) => object !== undefined);
}

function refused(reason: string): TokenVerdict {
  return { kind: 'refused', reason };
}

function verdictXml(verdict: TokenVerdict): string {
  return verdict.kind === 'accepted'
    ? `<auth result="yes"><username>${escapeXml(verdict.user)}</username></auth>`
    : `<auth result="no"><message>${escapeXml(verdict.reason)}</message></auth>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
  '"': '&quot;',
  "'": '&apos;',
};

function escapeXml(text: string): string {
  return text.replace(/[<>&"']/g, (character) => ENTITIES[character] ?? character);
}

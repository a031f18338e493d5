import type { RequestHandler } from 'express';
import type { TokenVerdict } from '../fleet/connection-data.js';
import type { Fleet } from '../fleet/fleet.js';
import { readBody } from './read-body.js';

const MAX_FORM_BYTES = 65_536;

/**
 * `POST /agent/validate-authentication-token`: what the DCV server asks when somebody connects (DCV administrator guide,
 * "external authentication"). Always 200: the body says yes or no. DCV has no credentials of its own to show.
 */
export function verifierEndpoint(fleet: Fleet): RequestHandler {
  return async (request, response) => {
    const form = new URLSearchParams((await readBody(request, MAX_FORM_BYTES)).toString('utf8'));
    const text = verdictXml(await judge(fleet, form));
    response.writeHead(200, { 'Content-Type': 'text/xml', 'Content-Length': Buffer.byteLength(text) });
    response.end(text);
  };
}

async function judge(fleet: Fleet, form: URLSearchParams): Promise<TokenVerdict> {
  const sessionId = form.get('sessionId');
  const token = form.get('authenticationToken');
  if (sessionId === null || token === null) {
    return { kind: 'refused', reason: 'the form must have sessionId and authenticationToken' };
  }
  return fleet.verifyConnectionToken(sessionId, token);
}

function verdictXml(verdict: TokenVerdict): string {
  return verdict.kind === 'accepted'
    ? `<auth result="yes"><username>${escapeXml(verdict.user)}</username></auth>`
    : `<auth result="no"><message>${escapeXml(verdict.reason)}</message></auth>`;
}

const ENTITIES: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;' };

function escapeXml(text: string): string {
  return text.replace(/[<>&"]/g, (character) => ENTITIES[character] ?? character);
}

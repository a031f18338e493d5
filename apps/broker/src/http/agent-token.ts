import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AgentToken, AgentTokenRefusal } from '@dcvsm/protocol';
import type { RequestHandler } from 'express';
import { printable } from '../domain/printable.js';
import { AGENT_TOKEN_LIFETIME_SECONDS } from '../security/agents/agent-tokens.js';
import type { Authentication } from '../security/agents/agent-clients.js';
import {
  addressOf,
  NO_STORE,
  refuseImpatient,
  refuseWithoutCertificate,
  type AgentEndpointDeps,
} from './agent-endpoint.js';
import { readBody } from './read-body.js';
import { respondJson } from './respond.js';

const MAX_FORM_BYTES = 16_384;
const CHALLENGE = { ...NO_STORE, 'WWW-Authenticate': 'Basic realm="dcv-session-manager-agent"' };

const REFUSALS: Readonly<Record<Exclude<Authentication, 'accepted'>, string>> = {
  'unknown-client': 'this agent client is not known here; register again',
  unregistered: 'this agent client was unregistered by an operator',
  'wrong-secret': 'the secret is not that of the agent client',
};

/** `POST /agent/oauth2/token` (RFC 6749 section 4.4): client credentials, by HTTP Basic only. */
export function agentTokenEndpoint({ agents, audit, log }: AgentEndpointDeps): RequestHandler {
  return async (request, response) => {
    const address = addressOf(request);
    await refuseImpatient(agents, address);
    refuseWithoutCertificate(agents, request);
    const form = new URLSearchParams((await readBody(request, MAX_FORM_BYTES)).toString('utf8'));
    const credentials = basicCredentials(request);
    if (credentials === null) {
      await agents.attempts.countRefusal(address);
      const words = 'send the id and the secret of the agent client as HTTP Basic credentials';
      return refuse(response, 401, { error: 'invalid_client', error_description: words });
    }
    const answer = agents.clients.authenticate(credentials.id, credentials.secret);
    if (answer !== 'accepted') {
      await agents.attempts.countRefusal(address);
      const clientId = printable(credentials.id, 64);
      const requestId = response.locals['requestId'] as string;
      const reason = REFUSALS[answer];
      const actor = { kind: 'agent', id: clientId } as const;
      audit({ actor, action: 'agent.token', objects: [], outcome: 'refused', reason, address, requestId });
      log.warn({ requestId, address, clientId, reason }, 'refused to issue a token to an agent');
      return refuse(response, 401, { error: 'invalid_client', error_description: reason, reason: answer });
    }
    const grantType = form.get('grant_type');
    if (grantType !== 'client_credentials') {
      const error = grantType === null ? 'invalid_request' : 'unsupported_grant_type';
      return refuse(response, 400, { error, error_description: 'grant_type must be client_credentials' });
    }
    const token: AgentToken = {
      access_token: agents.tokens.issue(credentials.id),
      token_type: 'Bearer',
      expires_in: AGENT_TOKEN_LIFETIME_SECONDS,
    };
    respondJson(response, 200, token, NO_STORE);
  };
}

function refuse(response: ServerResponse, status: 400 | 401, refusal: AgentTokenRefusal): void {
  respondJson(response, status, refusal, status === 401 ? CHALLENGE : NO_STORE);
}

/** Ids and secrets of ours need no escapes (RFC 6749 section 2.3.1). */
function basicCredentials(request: IncomingMessage): { readonly id: string; readonly secret: string } | null {
  const encoded = /^Basic +([A-Za-z0-9+/=_-]+) *$/i.exec(request.headers.authorization ?? '')?.[1];
  if (encoded === undefined) return null;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon === -1 ? null : { id: text.slice(0, colon), secret: text.slice(colon + 1) };
}

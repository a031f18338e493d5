import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  AgentRegistrationRequest,
  type AgentRegistration,
  type AgentRegistrationRefusal,
} from '@dcvsm/protocol';
import type { RequestHandler } from 'express';
import { printable } from '../domain/printable.js';
import {
  addressOf,
  NO_STORE,
  refuseImpatient,
  refuseWithoutCertificate,
  tellToWait,
  type AgentEndpointDeps,
} from './agent-endpoint.js';
import { readBody } from './read-body.js';
import { respondJson } from './respond.js';
import { parseStrictJson } from './strict-json.js';

const MAX_BODY_BYTES = 32_768;

/** `POST /agent/register` (RFC 7591): a host with a software statement becomes an agent client. */
export function agentRegistrationEndpoint({ agents, audit, log }: AgentEndpointDeps): RequestHandler {
  return async (request, response) => {
    const requestId = response.locals['requestId'] as string;
    const address = addressOf(request);
    await refuseImpatient(agents, address);
    tellToWait(await agents.attempts.waitToRegister());
    refuseWithoutCertificate(agents, request);
    const asked = await readRequest(request);
    if (asked === null) {
      await agents.attempts.countRefusal(address);
      const words = 'the body must be JSON with software_statement, a text, and may have client_name';
      return refuse(response, { error: 'invalid_client_metadata', error_description: words });
    }
    const use = await agents.statements.use(asked.software_statement, address);
    if (use.kind !== 'used') {
      await agents.attempts.countRefusal(address);
      const objects = use.statementId === null ? [] : [use.statementId];
      const { reason } = use;
      const actor = { kind: 'agent', id: null } as const;
      audit({ actor, action: 'agent.register', objects, outcome: 'refused', reason, address, requestId });
      log.warn({ requestId, address, statementId: use.statementId, reason }, 'refused to register an agent');
      const error = `${use.kind}_software_statement` as const;
      return refuse(response, { error, error_description: reason });
    }
    await agents.attempts.countRegistration();
    const name = printable(asked.client_name ?? use.terms.name ?? 'agent', 256);
    const { statementId } = use;
    const client = await agents.clients.register({ name, statementId, tags: use.terms.tags });
    const actor = { kind: 'agent', id: client.id } as const;
    const objects = [client.id, statementId];
    audit({ actor, action: 'agent.register', objects, outcome: 'success', address, requestId });
    log.info({ requestId, address, clientId: client.id, statementId, name }, 'agent registered');
    const answer: AgentRegistration = {
      client_id: client.id,
      client_secret: client.secret,
      client_id_issued_at: Math.floor(client.issuedAtMs / 1000),
      client_secret_expires_at: 0,
    };
    const metadata = {
      client_name: name,
      grant_types: ['client_credentials'],
      token_endpoint_auth_method: 'client_secret_basic',
      software_statement: asked.software_statement,
    };
    respondJson(response, 201, { ...answer, ...metadata }, NO_STORE);
  };
}

async function readRequest(request: IncomingMessage): Promise<AgentRegistrationRequest | null> {
  const json = parseStrictJson(await readBody(request, MAX_BODY_BYTES));
  const parsed = AgentRegistrationRequest.safeParse(json.ok ? json.value : null);
  return parsed.success ? parsed.data : null;
}

function refuse(response: ServerResponse, refusal: AgentRegistrationRefusal): void {
  respondJson(response, 400, refusal, NO_STORE);
}

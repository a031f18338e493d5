import type { IncomingMessage } from 'node:http';
import type { Log } from '@dcvsm/runtime';
import type { RequestHandler } from 'express';
import type { AuditActor, RecordAudit } from '../../audit/audit-entry.js';
import { printable } from '../../domain/printable.js';
import type { ApiClients } from '../../security/clients/api-clients.js';
import type { CountFailure } from '../limits/failed-attempts.js';
import { respondJson } from '../respond.js';
import { clientCredentials } from './client-credentials.js';
import { readOAuthForm, type OAuthForm } from './oauth-form.js';
import { OAuthProblem } from './oauth-problem.js';

/** RFC 6749 section 5.1: nothing of these answers may be kept by caches. */
export const NO_STORE = { 'Cache-Control': 'no-store', Pragma: 'no-cache' };

const LONGEST_ID = 64;

export interface OAuthEndpointOptions {
  readonly clients: ApiClients;
  readonly countFailure: CountFailure;
  readonly audit: RecordAudit;
  readonly log: Log;
}

/** A request whose client has proved who it is. */
export interface OAuthCall {
  readonly clientId: string;
  readonly form: OAuthForm;
  readonly request: IncomingMessage;
}

export interface OAuthAnswer {
  readonly body: object;
  /** For the audit log, with ids of what was made or changed; null: nothing was. */
  readonly changed: readonly string[] | null;
}

/**
 * An endpoint for clients: form, credentials, answer, and an audit entry for what was changed and what was refused.
 * @param action as the audit log names it
 */
export function oauthEndpoint(
  action: string,
  options: OAuthEndpointOptions,
  answer: (call: OAuthCall) => OAuthAnswer | Promise<OAuthAnswer>,
): RequestHandler {
  const { audit, log } = options;
  return async (request, response) => {
    const requestId = String(response.locals['requestId']);
    const address = request.socket.remoteAddress;
    let actor: AuditActor = { kind: 'unknown', id: null };
    const record = (outcome: 'success' | 'refused', objects: readonly string[], reason?: string): void =>
      audit({
        ...{ actor, action, objects, outcome, requestId },
        ...(reason !== undefined && { reason }),
        ...(address !== undefined && { address }),
      });
    try {
      const form = await readOAuthForm(request);
      const credentials = clientCredentials(request.headers.authorization, form);
      if (credentials !== null) actor = { kind: 'unknown', id: printable(credentials.id, LONGEST_ID) };
      const clientId = authenticate(request, credentials, options);
      actor = { kind: 'client', id: clientId };
      const { body, changed } = await answer({ clientId, form, request });
      if (changed !== null) record('success', changed);
      respondJson(response, 200, body, NO_STORE);
    } catch (error) {
      if (!(error instanceof OAuthProblem)) throw error;
      const { status, code, message, headers } = error;
      // Floods of wrong passwords are recorded where they are counted.
      if (status !== 429) {
        log.info({ requestId, action, clientId: actor.id, reason: message }, 'refused');
        record('refused', [], message);
      }
      const body = { error: code, error_description: message };
      respondJson(response, status, body, { ...NO_STORE, ...headers });
    }
  };
}

/** The id of a client whose password is right. @throws OAuthProblem */
function authenticate(
  request: IncomingMessage,
  credentials: ReturnType<typeof clientCredentials>,
  { clients, countFailure }: OAuthEndpointOptions,
): string {
  if (credentials === null) throw invalidClient('No client credentials');
  if (clients.authenticate(credentials.id, credentials.password)) return credentials.id;
  const waitSeconds = countFailure(request, credentials.id);
  if (waitSeconds === null) throw invalidClient('Unknown client or wrong password');
  throw tooManyFailures(waitSeconds);
}

function tooManyFailures(waitSeconds: number): OAuthProblem {
  const words = `Too many wrong passwords; try again in ${waitSeconds} s`;
  return new OAuthProblem(429, 'temporarily_unavailable', words, { 'Retry-After': String(waitSeconds) });
}

function invalidClient(description: string): OAuthProblem {
  const headers = { 'WWW-Authenticate': 'Basic realm="dcv-session-manager"' };
  return new OAuthProblem(401, 'invalid_client', description, headers);
}

import type { Log } from '@dcvsm/runtime';
import type { Express } from 'express';
import { z } from 'zod';
import type { RecordAudit } from '../audit/audit-entry.js';
import { HttpProblem } from '../http/http-problem.js';
import { parseRequest } from '../http/parse-request.js';
import { readJson } from '../http/read-body.js';
import { respondJson } from '../http/respond.js';
import {
  urlProblem,
  type AuthServers,
  type AuthServerSettings,
} from '../security/auth-servers/auth-servers.js';
import { jwsAlgorithms } from '../security/clients/jws.js';
import { isScope } from '../security/clients/scopes.js';

export interface AuthServerRoutesDeps {
  readonly authServers: AuthServers;
  readonly audit: RecordAudit;
  readonly log: Log;
}

const text = z.string().min(1, 'must not be empty').max(1024);

const ServerUrl = text.superRefine((url, context) => {
  const problem = urlProblem(url);
  if (problem !== null) context.addIssue({ code: 'custom', message: problem });
});

const RegisterAuthServer = z.strictObject({
  url: ServerUrl,
  algorithm: z.enum(jwsAlgorithms).optional(),
  issuer: text.optional(),
  audience: text.optional(),
  /** `theirs`, or `ours=theirs`. */
  scopes: z.array(text).max(100).optional(),
});

const actor = { kind: 'operator' } as const;
const outcome = 'success';

export function addAuthServerRoutes(app: Express, { authServers, audit, log }: AuthServerRoutesDeps): void {
  app.post('/auth-servers', async (request, response) => {
    const wanted = parseRequest(RegisterAuthServer, (await readJson(request)) ?? {});
    const { url, algorithm = null, issuer = null, audience = null } = wanted;
    const scopes = wanted.scopes?.flatMap(readScope) ?? null;
    const problem = await authServers.register(url, { algorithm, issuer, audience, scopes });
    log.info({ url, algorithm, issuer, audience, scopes, problem }, 'authorization server registered');
    audit({ actor, action: 'auth-server.register', objects: [url], outcome });
    respondJson(response, 200, { problem });
  });
  app.get('/auth-servers', (_request, response) => {
    const list = authServers.list().map(({ url, settings }) => ({ url, ...settings }));
    respondJson(response, 200, list);
  });
  app.delete('/auth-servers/:url', async (request, response) => {
    const { url } = request.params;
    if (!(await authServers.unregister(url))) {
      throw new HttpProblem(404, `there is no authorization server with the url ${url}`);
    }
    log.info({ url }, 'authorization server unregistered');
    audit({ actor, action: 'auth-server.unregister', objects: [url], outcome });
    respondJson(response, 200, {});
  });
}

/** A name alone stands for all that there is to be done here. */
function readScope(given: string): NonNullable<AuthServerSettings['scopes']> {
  const [ours, theirs] = [given.slice(0, given.indexOf('=')), given.slice(given.indexOf('=') + 1)];
  if (isScope(ours) && theirs !== '') return [{ ours, theirs }];
  return (['read', 'operate', 'administer'] as const).map((each) => ({ ours: each, theirs: given }));
}

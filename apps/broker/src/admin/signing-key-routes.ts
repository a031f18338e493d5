import type { Log } from '@dcvsm/runtime';
import type { Express } from 'express';
import { z } from 'zod';
import type { RecordAudit } from '../audit/audit-entry.js';
import { parseRequest } from '../http/parse-request.js';
import { readJson } from '../http/read-body.js';
import { respondJson } from '../http/respond.js';
import type { SigningKeys } from '../security/clients/signing-keys.js';

export interface SigningKeyRoutesDeps {
  readonly keys: SigningKeys;
  readonly audit: RecordAudit;
  readonly log: Log;
}

const Renew = z.strictObject({ revoke: z.boolean() });

export function addSigningKeyRoutes(app: Express, { keys, audit, log }: SigningKeyRoutesDeps): void {
  app.post('/signing-keys', async (request, response) => {
    const { revoke } = parseRequest(Renew, (await readJson(request)) ?? {});
    const keyId = await keys.renew({ revoke });
    log.info({ keyId, revoke }, 'the key that signs access tokens was renewed');
    const action = revoke ? 'keys.renew-and-revoke' : 'keys.renew';
    audit({ actor: { kind: 'operator' }, action, objects: [keyId], outcome: 'success' });
    respondJson(response, 200, { keyId });
  });
}

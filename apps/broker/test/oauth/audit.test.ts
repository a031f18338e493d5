import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unregisterApiClient } from '../../src/admin/api-client-commands.js';
import { unregisterAuthServer, registerAuthServer } from '../../src/admin/auth-server-commands.js';
import { renewAuthServerApiKey } from '../../src/admin/signing-key-commands.js';
import { basic, OAuthFleet } from './oauth-fleet.js';

interface Entry {
  readonly action: string;
  readonly outcome: string;
  readonly actor: object;
  readonly objects: readonly string[];
  readonly reason?: string;
}

it('leaves an entry for what was issued, taken back, refused and registered, and no secret in any', async () => {
  await using oauth = await OAuthFleet.start({ properties: [] });
  const { adminSocket } = oauth.fleet.broker;
  const client = await oauth.register('audited');
  const token = await oauth.token(client);
  const { jti } = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as { jti: string };
  await oauth.post('/oauth2/revoke', { token }, { authorization: basic(client) });
  await oauth.post(
    '/oauth2/token',
    {},
    { authorization: basic({ ...client, password: 'a-wrong-password' }) },
  );
  await oauth.post('/oauth2/introspect', { token }, {});
  const url = 'http://127.0.0.1:1/jwks.json';
  await registerAuthServer(adminSocket, url, { warn: () => undefined });
  await unregisterAuthServer(adminSocket, url);
  await renewAuthServerApiKey(adminSocket, { revoke: false });
  await unregisterApiClient(adminSocket, client.id);

  const text = await readFile(join(oauth.fleet.workingPath, 'audit', 'audit.log'), 'utf8');
  for (const secret of [token, client.password, 'a-wrong-password']) expect(text).not.toContain(secret);
  const entries = text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Entry);
  const own = { kind: 'client', id: client.id };
  const operator = { kind: 'operator' };
  const password = 'Unknown client or wrong password';
  expect(entries.filter(({ action }) => !action.startsWith('broker.'))).toMatchObject([
    { action: 'api-client.register', outcome: 'success', actor: operator, objects: [client.id] },
    { action: 'token.issue', outcome: 'success', actor: own, objects: [jti] },
    { action: 'token.revoke', outcome: 'success', actor: own, objects: [jti] },
    {
      action: 'token.issue',
      outcome: 'refused',
      actor: { kind: 'unknown', id: client.id },
      reason: password,
    },
    { action: 'token.introspect', outcome: 'refused', actor: { kind: 'unknown', id: null } },
    { action: 'auth-server.register', outcome: 'success', actor: operator, objects: [url] },
    { action: 'auth-server.unregister', outcome: 'success', actor: operator, objects: [url] },
    { action: 'keys.renew', outcome: 'success', actor: operator },
    { action: 'api-client.unregister', outcome: 'success', actor: operator, objects: [client.id] },
  ]);
});

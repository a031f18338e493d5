import { registerAuthServer, type AuthServerOptions } from '../../src/admin/auth-server-commands.js';
import { OAuthFleet } from './oauth-fleet.js';
import { OpenIdProvider, type ProviderAlgorithm } from './openid-provider.js';

const ALGORITHMS: readonly ProviderAlgorithm[] = ['RS256', 'PS256', 'ES256', 'EdDSA'];

async function portal(provider: OpenIdProvider, options: AuthServerOptions = {}): Promise<OAuthFleet> {
  const oauth = await OAuthFleet.start({
    properties: ['store = memory', 'enable-authorization-server = false'],
  });
  const warn = (words: string): never => {
    throw new Error(words);
  };
  await registerAuthServer(oauth.fleet.broker.adminSocket, provider.jwksUrl, { options, warn });
  return oauth;
}

const statuses = async (oauth: OAuthFleet, provider: OpenIdProvider): Promise<object> =>
  Object.fromEntries(
    await Promise.all(
      ALGORITHMS.map(async (name) => [name, (await oauth.use(await provider.token(name))).status] as const),
    ),
  );

it('takes tokens of a provider whose keys say their algorithm', async () => {
  await using provider = await OpenIdProvider.start({ alg: true });
  await using oauth = await portal(provider);
  expect(await statuses(oauth, provider)).toEqual({ RS256: 200, PS256: 200, ES256: 200, EdDSA: 200 });
});

it('takes those of a provider whose keys do not, as the type of the key has it or as it was registered', async () => {
  await using provider = await OpenIdProvider.start({ alg: false });
  await using usual = await portal(provider);
  expect(await statuses(usual, provider)).toEqual({ RS256: 200, PS256: 401, ES256: 200, EdDSA: 200 });
  await using registered = await portal(provider, { algorithm: 'PS256' });
  expect(await statuses(registered, provider)).toEqual({ RS256: 401, PS256: 200, ES256: 401, EdDSA: 401 });
});

it('takes only tokens of the issuer, for the audience and with the scope that were registered', async () => {
  await using provider = await OpenIdProvider.start({ alg: true });
  const { issuer } = provider;
  const fits = { issuer, audience: 'urn:test:ES256', scopes: ['desktops'] };
  for (const [options, status] of [
    [fits, 200],
    [{ ...fits, issuer: `${issuer}/` }, 401],
    [{ ...fits, audience: 'urn:test' }, 401],
    [{ ...fits, scopes: ['read=desktops'] }, 200],
    [{ ...fits, scopes: ['desktop'] }, 403],
    [{ ...fits, scopes: ['administer=desktops'] }, 403],
  ] as const) {
    await using oauth = await portal(provider, options);
    const answer = await oauth.use(await provider.token('ES256'));
    expect({ options, status: answer.status }).toEqual({ options, status });
  }
});

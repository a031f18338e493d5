import type { OperationScope } from '@dcvsm/protocol';
import type { Clock } from '@dcvsm/runtime';
import { allScopes, unrestricted, type Caller } from '../../domain/caller.js';
import type { AuthServer, AuthServers, AuthServerSettings } from './auth-servers.js';
import { isSignedWith, type Jws } from '../clients/jws.js';
import { timesOf } from '../clients/token-times.js';
import {
  expired,
  notValid,
  refused,
  type Verification,
  type VerifiedToken,
} from '../clients/token-verdict.js';

type Claims = Readonly<Record<string, unknown>>;

/**
 * Reads the access tokens of the registered external authorization servers. Which server a token is of follows from the
 * key that verifies it, since the original asks for nothing but the address of the keys.
 */
export class ExternalTokens {
  readonly #servers: AuthServers;
  readonly #clock: Clock;

  constructor(servers: AuthServers, clock: Clock) {
    this.#servers = servers;
    this.#clock = clock;
  }

  async verify(jws: Jws): Promise<Verification> {
    const servers = this.#servers
      .list()
      .filter(({ settings: { issuer } }) => issuer === null || issuer === jws.claims['iss']);
    const known = this.#signer(servers, jws);
    if (known !== undefined) return this.#judgeClaims(known, jws);
    // Nobody waits for a server that is down while another one's key is known.
    await Promise.all(servers.map(({ keys }) => keys.find(jws.keyId)));
    const found = this.#signer(servers, jws);
    if (found !== undefined) return this.#judgeClaims(found, jws);
    return { kind: servers.every(({ keys }) => keys.areKnown) ? 'unknown-key' : 'keys-unavailable' };
  }

  #signer(servers: readonly AuthServer[], jws: Jws): AuthServer | undefined {
    return servers.find(({ keys }) => {
      const key = keys.known(jws.keyId);
      return key !== undefined && isSignedWith(jws, key);
    });
  }

  #judgeClaims(server: AuthServer, { claims, keyId }: Jws): Verification {
    const times = timesOf(claims, this.#clock.now());
    if (times.kind === 'expired') return expired;
    if (times.kind === 'wrong') return notValid;
    const { audience } = server.settings;
    if (audience !== null && ![claims['aud']].flat().includes(audience)) {
      return refused('the access token is for another audience');
    }
    // Cognito signs what tells of a person with the keys of its access tokens.
    if (claims['token_use'] !== undefined && claims['token_use'] !== 'access') {
      return refused('the token is no access token');
    }
    const clientId = clientIdOf(claims);
    if (clientId === null) return refused('the access token names neither a client nor a subject');
    const scopes = scopesOf(claims, server.settings);
    const caller: Caller = { kind: 'client', clientId, scopes, restriction: unrestricted };
    const token: VerifiedToken = {
      expiresAtMs: times.expiresAtMs,
      isTrusted: () => this.#servers.trusts(server) && server.keys.known(keyId) !== undefined,
      judge: () => ({ kind: 'caller', caller }),
    };
    return { kind: 'verified', token };
  }
}

/** Cognito and RFC 9068 have `client_id`, OpenID Connect and Azure AD `azp`, older tokens of Azure AD `appid`. */
function clientIdOf(claims: Claims): string | null {
  const names = ['client_id', 'azp', 'appid', 'sub'].map((name) => claims[name]);
  return names.find((name): name is string => typeof name === 'string' && name !== '') ?? null;
}

/** Ours that the token's scopes stand for. Azure AD has them in `scp`, and those of programs in `roles`. */
function scopesOf(claims: Claims, { scopes }: AuthServerSettings): ReadonlySet<OperationScope> {
  if (scopes === null) return allScopes;
  const given = new Set(
    [claims['scope'], claims['scp'], claims['roles']]
      .flat()
      .flatMap((names) => (typeof names === 'string' ? names.split(' ') : [])),
  );
  return new Set(scopes.filter(({ theirs }) => given.has(theirs)).map(({ ours }) => ours));
}

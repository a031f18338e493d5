import { startLoop, type Clock, type Ids, type Log, type Loop } from '@dcvsm/runtime';
import type { Store } from '../../store/store.js';
import { ACCESS_TOKEN_LIFETIME_SECONDS, AccessTokens } from './access-tokens.js';
import { ApiClients } from './api-clients.js';
import { AuthServers } from '../auth-servers/auth-servers.js';
import { ExternalTokens } from '../auth-servers/external-tokens.js';
import { jwksFetcher } from '../auth-servers/jwks-fetch.js';
import { RevokedTokens } from './revoked-tokens.js';
import { SigningKeys } from './signing-keys.js';
import { TokenReader } from './token-reader.js';
import { trustedContext } from '../auth-servers/trusted-authorities.js';

/** How often it is looked whether a key or a revocation may be forgotten. */
const FORGET_PERIOD_MS = 60_000;

export interface ClientAccessOptions {
  readonly store: Store;
  /** The broker issues tokens itself; with false only those of external servers count. */
  readonly issuesTokens: boolean;
  /** `https://<name>[:port]`, or null: the name by which a client calls the broker. */
  readonly issuer: string | null;
  /** PEM file with authorities to trust besides the system's when keys are fetched. */
  readonly caFile: string | null;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

/** Everything about who may call the REST API: clients, their tokens, the keys behind these, and external servers. */
export interface ClientAccess {
  readonly clients: ApiClients;
  readonly keys: SigningKeys;
  readonly revoked: RevokedTokens;
  readonly tokens: AccessTokens;
  readonly authServers: AuthServers;
  readonly reader: TokenReader;
  /** Forgets keys and revocations that have no meaning any more; to be stopped before the store is closed. */
  readonly forgetting: Loop;
}

export async function loadClientAccess(options: ClientAccessOptions): Promise<ClientAccess> {
  const { store, issuer, clock, ids, log } = options;
  const clients = await ApiClients.load(store, clock, ids);
  const keys = await SigningKeys.load(store, clock, ACCESS_TOKEN_LIFETIME_SECONDS * 1000);
  const revoked = await RevokedTokens.load(store, clock);
  const tokens = new AccessTokens({ keys, revoked, issuer, clock, ids });
  const fetchJwks = jwksFetcher(clock, () => trustedContext(options.caFile));
  const authServers = await AuthServers.load({ store, fetchJwks, clock, log });
  const external = new ExternalTokens(authServers, clock);
  const reader = new TokenReader({ own: options.issuesTokens ? tokens : null, external, clients, clock });
  const body = async (): Promise<void> => {
    await keys.retireFormer();
    await keys.forgetEnded();
    await revoked.forgetExpired();
  };
  const forgetting = startLoop(clock, log, { name: 'forgetTokens', periodMs: FORGET_PERIOD_MS, body });
  return { clients, keys, revoked, tokens, authServers, reader, forgetting };
}

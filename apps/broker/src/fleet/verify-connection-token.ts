import { canonicalIp } from '../domain/ip-address.js';
import { lifeOf } from '../domain/session-life.js';
import type { Session } from '../domain/session.js';
import { lifeDigest } from '../security/connection-tokens.js';
import { sessionsOfId } from './find-session.js';
import type { FleetContext } from './fleet-context.js';

export interface TokenQuestion {
  readonly sessionId: string;
  readonly token: string;
  /** From where the DCV server asks; null if that is not known. */
  readonly address: string | null;
}

export type TokenVerdict =
  | { readonly kind: 'accepted'; readonly user: string }
  /** The reason is for people, and never repeats the token. */
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * What the DCV server asks when somebody connects with a token (DCV administrator guide, "external authentication"):
 * is it one of ours, for this very session in its present life, and does the session still exist?
 */
export async function verifyConnectionToken(
  context: FleetContext,
  { sessionId, token, address }: TokenQuestion,
): Promise<TokenVerdict> {
  const read = context.connectionTokens.read(token);
  if (read.kind === 'invalid') return refused(read.reason);
  const { claims } = read;
  if (claims.sessionId !== sessionId) return refused('the token is for another session');
  const living = (await sessionsOfId(context, sessionId)).filter(isAlive);
  if (living.length === 0) return refused('the session does not exist');
  const session = living.find((one) => lifeDigest(lifeOf(one)) === claims.life);
  if (session === undefined) return refused('the token is for an earlier session of this id');
  const asking = living.filter((one) => isOnHostAt(context, one, address));
  if (asking.length > 0 && !asking.includes(session)) {
    return refused('the token is for the session of this id on another host');
  }
  if (session.owner !== claims.owner) {
    return refused('the session has another owner than when the token was issued');
  }
  return { kind: 'accepted', user: claims.user };
}

function isAlive({ state }: Session): boolean {
  return state === 'READY' || state === 'UNKNOWN';
}

/**
 * Hosts may each have a `console`, and only the address tells which one asks. Behind a proxy it tells nothing; then the
 * owner is all that is compared.
 */
function isOnHostAt({ view }: FleetContext, { serverId }: Session, address: string | null): boolean {
  const ip = serverId === null ? undefined : view.server(serverId)?.server.facts.ip;
  return ip !== undefined && address !== null && canonicalIp(ip) === canonicalIp(address);
}

function refused(reason: string): TokenVerdict {
  return { kind: 'refused', reason };
}

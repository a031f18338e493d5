import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { z } from 'zod';
import { fitsKey, jwsAlgorithms, usualAlgorithm, type JwsAlgorithm, type VerifyingKey } from './jws.js';

/** Providers publish two or three; each one costs memory, and there is no reason for hundreds. */
const MOST_KEYS = 100;

const JwkSet = z.object({ keys: z.array(z.unknown()).max(MOST_KEYS) });

const Jwk = z.looseObject({
  kid: z.string().max(256).optional(),
  alg: z.string().optional(),
  use: z.string().optional(),
  key_ops: z.array(z.string()).optional(),
});

/** The keys of a server by their `kid`; a key without one is under the empty text. */
export type KeysById = ReadonlyMap<string, VerifyingKey>;

/**
 * The keys of a JWK set (RFC 7517) that can verify tokens here. Others in it are passed over, as the RFC demands: a
 * provider may publish keys for other purposes and of kinds to come.
 * @param algorithm what the operator registered for the server; null: what the key says, or what its type is used for
 * @throws Error if it is no JWK set, or has no key that could be used
 */
export function readJwkSet(value: unknown, algorithm: JwsAlgorithm | null): KeysById {
  const set = JwkSet.safeParse(value);
  if (!set.success)
    throw new Error('the answer is no JWK set: it has to be {"keys": [ … ]} with at most 100 keys');
  const keys = new Map<string, VerifyingKey>();
  for (const entry of set.data.keys) {
    const jwk = Jwk.safeParse(entry);
    const key = jwk.success ? readKey(jwk.data, algorithm) : null;
    const id = jwk.data?.kid ?? '';
    if (key !== null && !keys.has(id)) keys.set(id, key);
  }
  if (keys.size > 0) return keys;
  const wanted = algorithm ?? jwsAlgorithms.join(', ');
  throw new Error(`none of the ${set.data.keys.length} keys in the JWK set can verify ${wanted}`);
}

function readKey(jwk: z.infer<typeof Jwk>, registered: JwsAlgorithm | null): VerifyingKey | null {
  if (jwk.use !== undefined && jwk.use !== 'sig') return null;
  if (jwk.key_ops !== undefined && !jwk.key_ops.includes('verify')) return null;
  if (registered !== null && jwk.alg !== undefined && jwk.alg !== registered) return null;
  const publicKey = importKey(jwk);
  if (publicKey === null) return null;
  const algorithm = registered ?? jwk.alg ?? usualAlgorithm(publicKey);
  const known = jwsAlgorithms.find((name) => name === algorithm);
  return known !== undefined && fitsKey(known, publicKey) ? { publicKey, algorithm: known } : null;
}

/** Null for what Node cannot read; a symmetric key (`kty: oct`) is among that. */
function importKey(jwk: object): VerifyingKey['publicKey'] | null {
  try {
    return createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' });
  } catch {
    return null;
  }
}

import { constants, verify, type KeyObject, type VerifyKeyObjectInput } from 'node:crypto';
import { z } from 'zod';

/** What signatures of access tokens may be made with; nothing symmetric, and never `none` (RFC 8725 section 3.1). */
export const jwsAlgorithms = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const;
export type JwsAlgorithm = (typeof jwsAlgorithms)[number];

/** A public key with the one algorithm that it verifies: a token's header never chooses. */
export interface VerifyingKey {
  readonly publicKey: KeyObject;
  readonly algorithm: JwsAlgorithm;
}

/** A token taken apart. Nothing in it may be believed before its signature was verified. */
export interface Jws {
  readonly algorithm: JwsAlgorithm;
  readonly keyId: string | undefined;
  /** In lower case, without the prefix `application/`. */
  readonly type: string | undefined;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly signedText: string;
  readonly signature: Buffer;
}

/** Longer ones are refused before any work is put into them. */
export const LONGEST_TOKEN = 8192;

const THREE_PARTS = /^([\w-]+)\.([\w-]+)\.([\w-]+)$/;

const Header = z.object({
  alg: z.enum(jwsAlgorithms),
  kid: z.string().optional(),
  typ: z.string().optional(),
  /** Names extensions that the reader must know; we know none (RFC 7515 section 4.1.11). */
  crit: z.undefined().optional(),
});

const Claims = z.record(z.string(), z.unknown());

/** A token in the compact form of RFC 7515; null: it is none, or none that could ever be verified here. */
export function parseJws(token: string): Jws | null {
  if (token.length > LONGEST_TOKEN) return null;
  const [, header = '', payload = '', signature = ''] = THREE_PARTS.exec(token) ?? [];
  const readHeader = Header.safeParse(decodeJson(header));
  const claims = Claims.safeParse(decodeJson(payload));
  if (!readHeader.success || !claims.success) return null;
  const { alg, kid, typ } = readHeader.data;
  return {
    algorithm: alg,
    keyId: kid,
    type: typ?.toLowerCase().replace(/^application\//, ''),
    claims: claims.data,
    signedText: `${header}.${payload}`,
    signature: Buffer.from(signature, 'base64url'),
  };
}

export function isSignedWith(jws: Jws, { publicKey, algorithm }: VerifyingKey): boolean {
  if (jws.algorithm !== algorithm) return false;
  const digest = algorithm === 'EdDSA' ? null : 'sha256';
  return verify(digest, Buffer.from(jws.signedText), keyInput(publicKey, algorithm), jws.signature);
}

function keyInput(key: KeyObject, algorithm: JwsAlgorithm): VerifyKeyObjectInput {
  switch (algorithm) {
    case 'RS256':
      return { key, padding: constants.RSA_PKCS1_PADDING };
    case 'PS256':
      return { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
    case 'ES256':
      // Two plain numbers, as RFC 7518 section 3.4 has it, and not the list that X.509 uses.
      return { key, dsaEncoding: 'ieee-p1363' };
    case 'EdDSA':
      return { key };
  }
}

/** The one algorithm that a key is good for when nobody says otherwise; null: a key we do not use. */
export function usualAlgorithm(key: KeyObject): JwsAlgorithm | null {
  switch (key.asymmetricKeyType) {
    case 'rsa':
      // RFC 7518 section 3.3 demands 2048 bits.
      return (key.asymmetricKeyDetails?.modulusLength ?? 0) >= 2048 ? 'RS256' : null;
    case 'ec':
      return key.asymmetricKeyDetails?.namedCurve === 'prime256v1' ? 'ES256' : null;
    case 'ed25519':
      return 'EdDSA';
    default:
      return null;
  }
}

/** Whether the algorithm can be used with the key at all. */
export function fitsKey(algorithm: JwsAlgorithm, key: KeyObject): boolean {
  const usual = usualAlgorithm(key);
  return usual === algorithm || (usual === 'RS256' && algorithm === 'PS256');
}

function decodeJson(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

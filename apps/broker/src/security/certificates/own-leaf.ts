import { createPublicKey, X509Certificate, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { chainOf, isIssuerOf } from './chain.js';
import { daysLeft } from './expiry.js';
import { readIfThere, readSecret, writeWhole } from './files.js';
import { makeCertificate, type CertificateWish } from './make-certificate.js';
import { missingNames } from './names.js';
import { lifetime, newKey, type OwnCa } from './own-ca.js';
import { certificatesIn, certificatesToPem, keyToPem, privateKeyIn } from './pem.js';
import { CertificateProblem } from './problem.js';

const LEAF_CERTIFICATE_FILE = 'dcvsmbroker_server.pem';
const LEAF_KEY_FILE = 'dcvsmbroker_server.key';

/** Clients refuse server certificates that live longer than 825 days. */
const LEAF_LIFETIME_DAYS = 800;
/** One with fewer days left than this is made anew. */
const RENEW_BEFORE_DAYS = 60;
/** In characters (RFC 5280, ub-common-name); host names may be longer. */
const LONGEST_COMMON_NAME = 64;

/** A key and the certificates that a TLS server shows with it, leaf first, both in PEM. */
export interface PemPair {
  readonly key: string;
  readonly cert: string;
}

export interface OwnLeaf extends PemPair {
  readonly certificate: X509Certificate;
  /** Why the one in the folder was not good enough; undefined when it was. */
  readonly madeBecause: string | undefined;
}

/**
 * The server certificate in `folder`; made when there is none that TLS clients with this CA accept for all `names`, and
 * when it ends soon. Comes with what is between it and a root, should the CA be an intermediate one.
 * @throws CertificateProblem when the CA cannot sign one, or the key is open to others.
 */
export async function ownLeaf(
  folder: string,
  ca: OwnCa,
  names: readonly string[],
  nowMs: number,
): Promise<OwnLeaf> {
  const [file, keyFile] = [join(folder, LEAF_CERTIFICATE_FILE), join(folder, LEAF_KEY_FILE)];
  const [pem, keyPem] = [await readIfThere(file), await readSecret(keyFile)];
  const known =
    pem === null || keyPem === null ? 'there was none' : openPair(pem.toString(), keyPem.toString());
  const madeBecause = typeof known === 'string' ? known : whyNot(known.certificate, ca, names, nowMs);
  const { certificate, key } =
    typeof known === 'string' || madeBecause !== undefined ? makeLeaf(ca, names, nowMs) : known;
  const leaf = {
    certificate,
    key: keyToPem(key),
    cert: certificatesToPem(chainOf(key, [certificate, ...ca.certificates]) ?? [certificate]),
    madeBecause,
  };
  if (madeBecause !== undefined) {
    await writeWhole(keyFile, leaf.key, 0o600);
    await writeWhole(file, leaf.cert, 0o644);
  }
  return leaf;
}

interface Pair {
  readonly certificate: X509Certificate;
  readonly key: KeyObject;
}

function openPair(pem: string, keyPem: string): Pair | 'it was no certificate with its key' {
  try {
    const key = privateKeyIn(keyPem, undefined);
    const [certificate] = chainOf(key, certificatesIn(pem)) ?? [];
    if (certificate !== undefined) return { certificate, key };
  } catch {
    // Cut short or damaged; the broker may replace what it has made itself.
  }
  return 'it was no certificate with its key';
}

/** Why a leaf cannot go on being used, as half a sentence about it; undefined if it can. */
function whyNot(
  leaf: X509Certificate,
  ca: OwnCa,
  names: readonly string[],
  nowMs: number,
): string | undefined {
  if (!isIssuerOf(ca.certificate, leaf)) return 'it was signed by another CA';
  const days = daysLeft(leaf, nowMs);
  if (days < RENEW_BEFORE_DAYS) return `it had ${days} days left`;
  const missing = missingNames(leaf, names);
  return missing.length === 0 ? undefined : `it lacked ${missing.join(', ')}`;
}

function makeLeaf(ca: OwnCa, names: readonly string[], nowMs: number): Pair {
  const key = newKey();
  const wish = {
    commonName: names.find((name) => name.length <= LONGEST_COMMON_NAME) ?? 'localhost',
    publicKey: createPublicKey(key),
    use: 'tls-server',
    names,
    ...lifetime(nowMs, LEAF_LIFETIME_DAYS),
  } as const;
  return { certificate: new X509Certificate(signed(wish, ca)), key };
}

function signed(wish: CertificateWish, ca: OwnCa): string {
  try {
    return makeCertificate(wish, ca);
  } catch (cause) {
    const problem = `cannot sign: ${(cause as Error).message}`;
    throw new CertificateProblem(ca.file, problem, 'put another CA and its key there', { cause });
  }
}

import { createPublicKey, generateKeyPairSync, X509Certificate, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { DAY_MS } from './expiry.js';
import { readIfThere, readSecret, writeWhole } from './files.js';
import { makeCertificate, type Signer } from './make-certificate.js';
import { certificatesIn, isEncryptedKey, keyToPem, privateKeyIn } from './pem.js';
import { CertificateProblem } from './problem.js';

/** File names of the original, so that runbooks that copy the CA go on working (administrator guide, "Scaling"). */
export const CA_CERTIFICATE_FILE = 'dcvsmbroker_ca.pem';
const CA_KEY_FILE = 'dcvsmbroker_ca.key';
const CA_LIFETIME_DAYS = 3650;

export interface OwnCa extends Signer {
  readonly file: string;
  /** All of the file: the CA's own, and those above it if it is an intermediate one. */
  readonly certificates: readonly X509Certificate[];
}

/**
 * The CA in `folder`; made when there is none and `mayMake`. One that somebody put there is never replaced: every client
 * and agent that trusts it would be cut off.
 * @throws CertificateProblem when its files are no CA and its key.
 */
export async function ownCa(folder: string, options: { nowMs: number; mayMake: boolean }): Promise<OwnCa> {
  const [file, keyFile] = [join(folder, CA_CERTIFICATE_FILE), join(folder, CA_KEY_FILE)];
  const pem = await readIfThere(file);
  if (pem !== null) return readCa(file, keyFile, pem.toString('utf8'));
  if (!options.mayMake) {
    throw new CertificateProblem(file, 'is gone', 'put it back, or restart the broker to have a new CA made');
  }
  // A key alone is what a start that was cut short leaves behind.
  return makeCa(file, keyFile, options.nowMs);
}

async function readCa(file: string, keyFile: string, pem: string): Promise<OwnCa> {
  const keyPem = (await readSecret(keyFile))?.toString('utf8');
  if (keyPem === undefined) {
    throw new CertificateProblem(
      file,
      'has no key',
      `put ${keyFile} beside it, or remove it to have a new CA made`,
    );
  }
  if (isEncryptedKey(keyPem)) {
    const remedy = `store it without a password: openssl pkey -in ${keyFile} -out ${keyFile}`;
    throw new CertificateProblem(keyFile, 'is encrypted', remedy);
  }
  const pair = openPair(pem, keyPem);
  if (pair === null) {
    const both = `${file} and ${keyFile}`;
    throw new CertificateProblem(both, 'are no certificate and its key', 'replace both, or remove both');
  }
  if (!pair.certificate.ca) {
    const remedy = 'put one there that may sign others (basicConstraints CA:TRUE, keyUsage keyCertSign)';
    throw new CertificateProblem(file, 'is no certificate of a CA', remedy);
  }
  return { file, ...pair };
}

/** Null when one of them is garbage, or when they do not belong together. */
function openPair(pem: string, keyPem: string): Omit<OwnCa, 'file'> | null {
  try {
    const [key, certificates] = [privateKeyIn(keyPem, undefined), certificatesIn(pem)];
    const certificate = certificates.find((candidate) => candidate.checkPrivateKey(key));
    return certificate === undefined ? null : { key, certificate, certificates };
  } catch {
    return null;
  }
}

async function makeCa(file: string, keyFile: string, nowMs: number): Promise<OwnCa> {
  const key = newKey();
  const wish = {
    commonName: 'Open DCV Session Manager broker CA',
    publicKey: createPublicKey(key),
    use: 'ca',
    ...lifetime(nowMs, CA_LIFETIME_DAYS),
  } as const;
  const pem = makeCertificate(wish, { key });
  await writeWhole(keyFile, keyToPem(key), 0o600);
  await writeWhole(file, pem, 0o644);
  const certificate = new X509Certificate(pem);
  return { file, key, certificate, certificates: [certificate] };
}

export function newKey(): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
}

/** An hour in the past, for clients whose clock is a little behind. */
export function lifetime(nowMs: number, days: number): { notBeforeMs: number; notAfterMs: number } {
  return { notBeforeMs: nowMs - 3_600_000, notAfterMs: nowMs + days * DAY_MS };
}

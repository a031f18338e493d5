import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import forge from 'node-forge';
import { toDer } from './der.js';
import type { StoreContent } from './store-file.js';

const { asn1, pkcs12, pki } = forge;

/**
 * What a PKCS#12 file holds, in its order: written by today's OpenSSL or keytool (PBES2 with AES), or by older ones
 * (triple DES, RC2), which OpenSSL 3 no longer reads. Keys may be of any kind, certificates without key are trusted ones.
 * @throws when it is damaged, or the password wrong; see `soundsLikeWrongPassword`.
 */
export function readPkcs12(bytes: Buffer, pass: string): StoreContent {
  const parsed = pkcs12.pkcs12FromAsn1(asn1.fromDer(bytes.toString('latin1')), pass);
  const bags = parsed.safeContents.flatMap(({ safeBags }) => safeBags);
  return { keys: bags.flatMap(keyOf), certificates: bags.flatMap(certificateOf) };
}

export function soundsLikeWrongPassword(error: unknown): boolean {
  return /password|decrypt|mac verify failure/i.test((error as Error).message);
}

/** node-forge opens RSA keys, and leaves others as they are encoded. */
function keyOf({ type, key, asn1: encoded }: forge.pkcs12.Bag): KeyObject[] {
  if (type !== pki.oids['keyBag'] && type !== pki.oids['pkcs8ShroudedKeyBag']) return [];
  if (key) return [createPrivateKey(pki.privateKeyToPem(key))];
  return [createPrivateKey({ key: toDer(encoded), format: 'der', type: 'pkcs8' })];
}

function certificateOf({ type, cert, asn1: encoded }: forge.pkcs12.Bag): X509Certificate[] {
  if (type !== pki.oids['certBag']) return [];
  return [new X509Certificate(cert ? pki.certificateToPem(cert) : toDer(encoded))];
}

/** A trust store with these certificates, which must have RSA keys, in PEM. */
export function writeTrustStore(pems: readonly string[], pass: string): Buffer {
  const certificates = pems.map((pem) => pki.certificateFromPem(pem));
  return toDer(pkcs12.toPkcs12Asn1(null, certificates, pass, { algorithm: 'aes256' }));
}

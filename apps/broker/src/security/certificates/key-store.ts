import type { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { chainOf } from './chain.js';
import { untimely } from './expiry.js';
import { readSecret } from './files.js';
import { certificatesToPem, keyToPem } from './pem.js';
import { openPemStore } from './pem-store.js';
import { openByOpenssl, type Pfx } from './pfx.js';
import { readPkcs12, soundsLikeWrongPassword } from './pkcs12.js';
import type { CertificateProblem } from './problem.js';
import {
  placeOf,
  problemWith,
  storeFormat,
  wrongPassword,
  type StoreContent,
  type StoreFile,
} from './store-file.js';

/** What a TLS server shows, in one of the forms that Node takes. */
export type KeyMaterial = { readonly key: string; readonly cert: string } | Pfx;

export interface KeyStore {
  readonly material: KeyMaterial;
  /** The server's own. */
  readonly certificate: X509Certificate;
}

/**
 * A listener's own key and certificate, from PKCS#12 or PEM. Of several keys the first one with a certificate counts.
 * @throws CertificateProblem naming the configuration's key, the file and the remedy: no such file, open to others, a
 * wrong password, a key without its certificate, a certificate whose time is over, a format that only Java reads.
 */
export async function loadKeyStore(store: StoreFile, nowMs: number): Promise<KeyStore> {
  const bytes = await readSecret(store.file, placeOf(store));
  if (bytes === null) {
    const remedy = `put the key store there, or remove ${store.fileKey} for a certificate that the broker makes`;
    throw problemWith(store, 'does not exist', remedy);
  }
  const opened = storeFormat(store, bytes) === 'pem' ? await openPem(store, bytes) : openPkcs12(store, bytes);
  const late = untimely(opened.certificate, nowMs);
  if (late !== undefined) throw problemWith(store, `has a certificate that ${late}`, 'put a valid one there');
  refuseWeak(store, opened.material);
  return opened;
}

async function openPem(store: StoreFile, bytes: Buffer): Promise<KeyStore> {
  return fit(store, await openPemStore(store, bytes.toString('utf8')));
}

function openPkcs12(store: StoreFile, bytes: Buffer): KeyStore {
  const pass = store.pass ?? '';
  let content: StoreContent;
  try {
    content = readPkcs12(bytes, pass);
  } catch (cause) {
    try {
      return openByOpenssl(bytes, pass);
    } catch (other) {
      throw unreadable(store, cause as Error, other as Error);
    }
  }
  return fit(store, content);
}

function unreadable(store: StoreFile, cause: Error, other: Error): CertificateProblem {
  if (soundsLikeWrongPassword(cause) || soundsLikeWrongPassword(other)) return wrongPassword(store, cause);
  const remedy = 'make it anew: openssl pkcs12 -export -inkey KEY.pem -in CHAIN.pem -out STORE.p12';
  return problemWith(store, `is no PKCS#12 that can be read (${other.message})`, remedy, { cause });
}

function fit(store: StoreFile, { keys, certificates }: StoreContent): KeyStore {
  if (keys.length === 0) throw problemWith(store, 'holds no private key', 'put key and certificate into it');
  for (const key of keys) {
    const chain = chainOf(key, certificates);
    const [certificate] = chain ?? [];
    if (chain === null || certificate === undefined) continue;
    return { certificate, material: { key: keyToPem(key), cert: certificatesToPem(chain) } };
  }
  const what =
    certificates.length === 0 ? 'holds no certificate' : 'holds no certificate for its private key';
  throw problemWith(store, what, 'put the certificate of this key into it');
}

/** OpenSSL has its own idea of what is too weak, which nobody should learn from a failed connection. */
function refuseWeak(store: StoreFile, material: KeyMaterial): void {
  try {
    createSecureContext(material);
  } catch (cause) {
    const { message } = cause as Error;
    throw problemWith(store, `is refused by OpenSSL (${message})`, 'use RSA of 2048 bits or more, or EC', {
      cause,
    });
  }
}

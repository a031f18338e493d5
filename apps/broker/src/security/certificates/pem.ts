import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';

const CERTIFICATE = /-----BEGIN (?:TRUSTED )?CERTIFICATE-----[\s\S]*?-----END (?:TRUSTED )?CERTIFICATE-----/g;
const PRIVATE_KEY = /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----[\s\S]*?-----END (?:[A-Z]+ )*PRIVATE KEY-----/;

/** Every certificate in a PEM text, in its order; what stands between them is skipped. @throws on a broken one. */
export function certificatesIn(pem: string): X509Certificate[] {
  return (pem.match(CERTIFICATE) ?? []).map((block) => new X509Certificate(block));
}

export function hasPrivateKey(pem: string): boolean {
  return PRIVATE_KEY.test(pem);
}

/** The first private key in a PEM text, encrypted or not. @throws what OpenSSL says when it cannot be opened. */
export function privateKeyIn(pem: string, pass: string | undefined): KeyObject {
  const [block = ''] = PRIVATE_KEY.exec(pem) ?? [];
  return createPrivateKey({ key: block, ...(pass === undefined ? {} : { passphrase: pass }) });
}

export function isEncryptedKey(pem: string): boolean {
  const [block = ''] = PRIVATE_KEY.exec(pem) ?? [];
  return /BEGIN ENCRYPTED|Proc-Type: 4,ENCRYPTED/.test(block);
}

/** PKCS#8, not encrypted: what listeners are given. */
export function keyToPem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

export function certificatesToPem(certificates: readonly X509Certificate[]): string {
  return certificates.map((certificate) => certificate.toString()).join('');
}

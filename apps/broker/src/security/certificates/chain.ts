import type { KeyObject, X509Certificate } from 'node:crypto';

/**
 * What a TLS server shows: the certificate that belongs to `key`, then whoever issued it, and so on, as far as
 * `certificates` reach. Roots are left out, since clients trust their own copy or none. Null when none belongs to the key.
 */
export function chainOf(key: KeyObject, certificates: readonly X509Certificate[]): X509Certificate[] | null {
  const leaf = certificates.find((certificate) => certificate.checkPrivateKey(key));
  if (leaf === undefined) return null;
  const chain = [leaf];
  for (let last = leaf; ;) {
    const issuer = certificates.find((other) => isIssuerOf(other, last) && !chain.includes(other));
    if (issuer === undefined || isSelfSigned(issuer)) return chain;
    chain.push(issuer);
    last = issuer;
  }
}

export function isSelfSigned(certificate: X509Certificate): boolean {
  return isIssuerOf(certificate, certificate);
}

export function isIssuerOf(issuer: X509Certificate, certificate: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

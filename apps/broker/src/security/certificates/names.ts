import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';

export function isAddress(name: string): boolean {
  return isIP(name) !== 0;
}

/** The names, DNS names or addresses, for which a TLS client would refuse this certificate. */
export function missingNames(certificate: X509Certificate, names: readonly string[]): readonly string[] {
  return names.filter(
    (name) => (isAddress(name) ? certificate.checkIP(name) : certificate.checkHost(name)) === undefined,
  );
}

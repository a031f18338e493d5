import { readFileSync } from 'node:fs';
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';

/** Where Linux distributions keep the authorities that the machine's owner trusts. */
const SYSTEM_BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
];

/**
 * Trusts whom the system and Node trust, and the authorities of `extraFile`, for instance a company's own.
 * @throws Error if `extraFile` cannot be read or holds no certificate
 */
export function trustedContext(extraFile: string | null): SecureContext {
  const system = SYSTEM_BUNDLES.map(readIfThere).find((bundle) => bundle !== null) ?? [];
  const extra = extraFile === null ? [] : certificatesIn(readFileSync(extraFile, 'utf8'));
  if (extraFile !== null && extra.length === 0) {
    throw new Error(`${extraFile} holds no certificate; it has to be a PEM file of authorities`);
  }
  return createSecureContext({ ca: [...rootCertificates, ...system, ...extra] });
}

function readIfThere(file: string): string[] | null {
  try {
    return certificatesIn(readFileSync(file, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function certificatesIn(pem: string): string[] {
  return pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
}

import type { X509Certificate } from 'node:crypto';
import { isIssuerOf } from './chain.js';
import { untimely } from './expiry.js';
import { readTrusted } from './files.js';
import { certificatesIn } from './pem.js';
import { readPkcs12, soundsLikeWrongPassword } from './pkcs12.js';
import { placeOf, problemWith, storeFormat, wrongPassword, type StoreFile } from './store-file.js';

/**
 * The certificates of a trust store in PKCS#12 or PEM: whoever shows a client certificate that one of them has signed is
 * let in.
 * @throws CertificateProblem as for key stores; when none is valid now; and for one without the certificates above it up
 * to a root, since OpenSSL would trust nobody by it (Java would).
 */
export async function loadTrustStore(store: StoreFile, nowMs: number): Promise<readonly X509Certificate[]> {
  const bytes = await readTrusted(store.file, placeOf(store));
  if (bytes === null) throw problemWith(store, 'does not exist', 'put the trust store there');
  const certificates = open(store, bytes);
  if (certificates.length === 0) {
    throw problemWith(store, 'holds no certificate', 'put the CA of the clients into it');
  }
  const untimelyOnes = certificates.flatMap((certificate) => untimely(certificate, nowMs) ?? []);
  if (untimelyOnes.length === certificates.length) {
    throw problemWith(
      store,
      `has no valid certificate: it ${untimelyOnes.join(', ')}`,
      'put a valid one there',
    );
  }
  const orphan = certificates.find((one) => !certificates.some((other) => isIssuerOf(other, one)));
  if (orphan !== undefined) {
    const problem = `holds ${nameOf(orphan.subject)} without ${nameOf(orphan.issuer)}, which has issued it`;
    throw problemWith(store, problem, 'add that certificate, up to the root');
  }
  return certificates;
}

/** A distinguished name in one line. */
function nameOf(subject: string): string {
  return subject.replaceAll('\n', ', ');
}

function open(store: StoreFile, bytes: Buffer): readonly X509Certificate[] {
  const isPem = storeFormat(store, bytes) === 'pem';
  try {
    if (isPem) return certificatesIn(bytes.toString('utf8'));
    return readPkcs12(bytes, store.pass ?? '').certificates;
  } catch (cause) {
    if (!isPem && soundsLikeWrongPassword(cause)) throw wrongPassword(store, cause);
    throw problemWith(store, `cannot be read (${(cause as Error).message})`, 'put a whole one there', {
      cause,
    });
  }
}

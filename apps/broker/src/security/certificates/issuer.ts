import { createHash, type X509Certificate } from 'node:crypto';
import { bytesOf, fromDer, oid, partsOf, type Der } from './der.js';

const SUBJECT_KEY_ID = bytesOf(oid('2.5.29.14'));

/**
 * The parts of what is signed: version, serial number, algorithm, issuer, validity, subject, key, extensions. Only
 * certificates of version 3 have extensions, and no other can be a CA's.
 */
function partsOfCertificate(certificate: X509Certificate): readonly Der[] {
  return partsOf(partsOf(fromDer(certificate.raw))[0]);
}

/** The subject as it stands in a certificate, byte for byte, whatever alphabet it is written in. */
export function subjectOf(certificate: X509Certificate): Der {
  const subject = partsOfCertificate(certificate)[5];
  if (subject === undefined) throw new Error('the certificate has no subject');
  return subject;
}

/** The key identifier that a CA's certificate gives itself, or the usual one for its key. */
export function keyIdOf(certificate: X509Certificate): Buffer {
  const extensions = partsOf(partsOfCertificate(certificate).at(-1)).flatMap(partsOf);
  const own = extensions.find((extension) => bytesOf(partsOf(extension)[0]).equals(SUBJECT_KEY_ID));
  if (own === undefined) return ownKeyId(certificate.publicKey.export({ type: 'spki', format: 'der' }));
  // The value of an extension is an octet string around DER, in this case around another octet string.
  return bytesOf(fromDer(bytesOf(partsOf(own).at(-1))));
}

/** The SHA-1 hash of the key's bits (RFC 5280, 4.2.1.2): a name for the key, which protects nothing. */
export function ownKeyId(subjectPublicKeyInfo: Buffer): Buffer {
  const bits = bytesOf(partsOf(fromDer(subjectPublicKeyInfo))[1]);
  return createHash('sha1').update(bits.subarray(1)).digest();
}

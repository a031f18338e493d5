import { randomBytes, sign, type KeyObject, type X509Certificate } from 'node:crypto';
import {
  bits,
  fromDer,
  integer,
  nothing,
  oid,
  sequence,
  set,
  tagged,
  text,
  time,
  toDer,
  type Der,
} from './der.js';
import { certificateExtensions, type CertificateUse } from './extensions.js';
import { keyIdOf, ownKeyId, subjectOf } from './issuer.js';

/** What a CA signs with: its certificate and the private key that belongs to it. */
export interface Signer {
  readonly certificate: X509Certificate;
  /** RSA or EC. */
  readonly key: KeyObject;
}

export interface CertificateWish {
  readonly commonName: string;
  readonly publicKey: KeyObject;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  readonly use: CertificateUse;
  /** DNS names and addresses, for servers. */
  readonly names?: readonly string[];
}

/**
 * An X.509 certificate (RFC 5280) in PEM, signed with SHA-256 by `signer`; one with a key and no certificate signs
 * itself. It has the key identifiers that strict clients insist on, among them Python from 3.13 on.
 */
export function makeCertificate(wish: CertificateWish, signer: Signer | { readonly key: KeyObject }): string {
  const subject = sequence(set(sequence(oid('2.5.4.3'), text(wish.commonName))));
  const publicKey = wish.publicKey.export({ type: 'spki', format: 'der' });
  const ownId = ownKeyId(publicKey);
  const issuer = 'certificate' in signer ? signer.certificate : null;
  const algorithm = signatureAlgorithm(signer.key);
  const extensions = certificateExtensions({
    use: wish.use,
    names: wish.names ?? [],
    keyId: ownId,
    issuerKeyId: issuer === null ? ownId : keyIdOf(issuer),
  });
  const version3 = tagged(0, integer(Buffer.from([2])));
  const toBeSigned = sequence(
    version3,
    integer(serialNumber()),
    algorithm,
    issuer === null ? subject : subjectOf(issuer),
    sequence(time(wish.notBeforeMs), time(wish.notAfterMs)),
    subject,
    fromDer(publicKey),
    tagged(3, extensions),
  );
  const signature = sign('sha256', toDer(toBeSigned), signer.key);
  return toPem(toDer(sequence(toBeSigned, algorithm, bits(signature))));
}

/** SHA-256 with the kind of key at hand. @throws for kinds that are neither RSA nor EC. */
function signatureAlgorithm(key: KeyObject): Der {
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return sequence(oid('1.2.840.113549.1.1.11'), nothing());
    case 'ec':
      return sequence(oid('1.2.840.10045.4.3.2'));
    default:
      throw new Error(`a key of type ${key.asymmetricKeyType} cannot sign certificates here; use RSA or EC`);
  }
}

/** Sixteen bytes of chance; the first is between 64 and 127, so that the number is positive and never gets shorter. */
function serialNumber(): Buffer {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes;
}

function toPem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

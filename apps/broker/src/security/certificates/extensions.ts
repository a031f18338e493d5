import { isIPv4 } from 'node:net';
import { bits, octets, oid, sequence, tagged, toDer, truth, type Der } from './der.js';
import { isAddress } from './names.js';

export type CertificateUse = 'ca' | 'tls-server' | 'tls-client';

interface Extensions {
  readonly use: CertificateUse;
  readonly names: readonly string[];
  readonly keyId: Buffer;
  readonly issuerKeyId: Buffer;
}

/** The extensions of a version 3 certificate (RFC 5280, 4.2.1). */
export function certificateExtensions({ use, names, keyId, issuerKeyId }: Extensions): Der {
  const isCa = use === 'ca';
  const list = [
    // Basic constraints; an empty sequence says that this is no CA.
    extension('2.5.29.19', isCa ? sequence(truth()) : sequence(), { critical: true }),
    extension('2.5.29.15', isCa ? signsCertificatesAndLists() : signsHandshakes(), { critical: true }),
    extension('2.5.29.14', octets(keyId)),
    extension('2.5.29.35', sequence(tagged(0, issuerKeyId))),
  ];
  if (!isCa) list.push(extension('2.5.29.37', sequence(oid(EXTENDED_USE[use]))));
  if (names.length > 0) list.push(extension('2.5.29.17', sequence(...names.map(alternativeName))));
  return sequence(...list);
}

const EXTENDED_USE = { 'tls-server': '1.3.6.1.5.5.7.3.1', 'tls-client': '1.3.6.1.5.5.7.3.2' } as const;

function signsHandshakes(): Der {
  return bits(Buffer.from([0b1000_0000]), 7);
}

function signsCertificatesAndLists(): Der {
  return bits(Buffer.from([0b0000_0110]), 1);
}

function extension(id: string, value: Der, options: { readonly critical?: boolean } = {}): Der {
  const critical = options.critical === true ? [truth()] : [];
  return sequence(oid(id), ...critical, octets(toDer(value)));
}

function alternativeName(name: string): Der {
  return isAddress(name) ? tagged(7, addressBytes(name)) : tagged(2, Buffer.from(name, 'latin1'));
}

/** Four or sixteen bytes. */
function addressBytes(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number));
  // The URL parser writes every IPv6 address in one form, without embedded IPv4.
  const [head = '', tail] = new URL(`http://[${address}]/`).hostname.slice(1, -1).split('::');
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const [before, after] = [groups(head), groups(tail ?? '')];
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return Buffer.from([...before, ...zeros, ...after].map((group) => group.padStart(4, '0')).join(''), 'hex');
}

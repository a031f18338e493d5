import forge from 'node-forge';

/** The few pieces of DER that a certificate is made of, over node-forge's encoder, which counts in binary strings. */
export type Der = forge.asn1.Asn1;

const { asn1 } = forge;
const { Class, Type } = asn1;

/** The published types lack the options. */
const parse = asn1.fromDer as unknown as (bytes: string, options: ParseOptions) => Der;

interface ParseOptions {
  readonly strict: boolean;
  readonly parseAllBytes: boolean;
  /** Whether what looks like DER inside a bit string is opened too; keys have to stay as they are. */
  readonly decodeBitStrings: boolean;
}

/** @throws when the bytes are not one whole piece of DER. */
export function fromDer(bytes: Buffer): Der {
  return parse(bytes.toString('latin1'), { strict: true, parseAllBytes: true, decodeBitStrings: false });
}

export function toDer(node: Der): Buffer {
  return Buffer.from(asn1.toDer(node).getBytes(), 'latin1');
}

/** What a constructed piece holds; empty for a plain value. */
export function partsOf(node: Der | undefined): readonly Der[] {
  return Array.isArray(node?.value) ? node.value : [];
}

export function bytesOf(node: Der | undefined): Buffer {
  return Buffer.from(typeof node?.value === 'string' ? node.value : '', 'latin1');
}

export function sequence(...parts: Der[]): Der {
  return asn1.create(Class.UNIVERSAL, Type.SEQUENCE, true, parts);
}

export function set(...parts: Der[]): Der {
  return asn1.create(Class.UNIVERSAL, Type.SET, true, parts);
}

export function oid(dotted: string): Der {
  return primitive(Type.OID, Buffer.from(asn1.oidToDer(dotted).getBytes(), 'latin1'));
}

/** A positive number, its bytes in big-endian order. */
export function integer(bytes: Buffer): Der {
  return primitive(Type.INTEGER, bytes);
}

export function truth(): Der {
  return primitive(Type.BOOLEAN, Buffer.from([0xff]));
}

export function nothing(): Der {
  return primitive(Type.NULL, Buffer.alloc(0));
}

export function text(value: string): Der {
  return primitive(Type.UTF8, Buffer.from(value, 'utf8'));
}

export function octets(bytes: Buffer): Der {
  return primitive(Type.OCTETSTRING, bytes);
}

/** `unusedBits` of the last byte do not count. */
export function bits(bytes: Buffer, unusedBits = 0): Der {
  return primitive(Type.BITSTRING, Buffer.concat([Buffer.from([unusedBits]), bytes]));
}

/** Seconds are as fine as certificates go. From 2050 on there are four digits for the year (RFC 5280, 4.1.2.5). */
export function time(atMs: number): Der {
  const date = new Date(atMs);
  const isLate = date.getUTCFullYear() >= 2050;
  const digits = date.toISOString().replace(/\.\d+Z$|[-:T]/g, '');
  const type = isLate ? Type.GENERALIZEDTIME : Type.UTCTIME;
  return primitive(type, Buffer.from(`${isLate ? digits : digits.slice(2)}Z`, 'latin1'));
}

/** A piece with a number in place of a type, around other pieces or around bytes. */
export function tagged(tag: number, content: Der | Buffer): Der {
  const isBytes = Buffer.isBuffer(content);
  return asn1.create(Class.CONTEXT_SPECIFIC, tag, !isBytes, isBytes ? content.toString('latin1') : [content]);
}

function primitive(type: forge.asn1.Type, bytes: Buffer): Der {
  return asn1.create(Class.UNIVERSAL, type, false, bytes.toString('latin1'));
}

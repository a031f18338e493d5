const FAMILY_WILD = 0xffff;

/**
 * An Xauthority file with one entry that fits every display, so that it can be written before the X server
 * has chosen its number.
 */
export function encodeAuthority(cookie: Buffer): Buffer {
  const counted = (value: Buffer): Buffer => {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(value.length);
    return Buffer.concat([length, value]);
  };
  const family = Buffer.alloc(2);
  family.writeUInt16BE(FAMILY_WILD);
  const name = Buffer.from('MIT-MAGIC-COOKIE-1', 'latin1');
  return Buffer.concat([
    family,
    counted(Buffer.alloc(0)),
    counted(Buffer.alloc(0)),
    counted(name),
    counted(cookie),
  ]);
}

/** What this client has to know of a screen; `pixels` says how its TrueColor pixels are laid out. */
export interface Screen {
  readonly root: number;
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly pixels: PixelLayout;
}

export interface PixelLayout {
  readonly bitsPerPixel: number;
  readonly bigEndian: boolean;
  readonly redMask: number;
  readonly greenMask: number;
  readonly blueMask: number;
}

export interface Setup {
  readonly idBase: number;
  readonly idMask: number;
  readonly maxRequestBytes: number;
  readonly screen: Screen;
}

const AUTHORIZATION_NAME = 'MIT-MAGIC-COOKIE-1';
const TRUE_COLOR = 4;

export const padded = (length: number): number => (length + 3) & ~3;

/** The first bytes of an X11 connection (X protocol, "Connection Setup"), little endian. */
export function encodeSetupRequest(cookie: Buffer): Buffer {
  const name = Buffer.from(AUTHORIZATION_NAME, 'latin1');
  const request = Buffer.alloc(12 + padded(name.length) + padded(cookie.length));
  request.write('l', 0, 'latin1');
  request.writeUInt16LE(11, 2);
  request.writeUInt16LE(name.length, 6);
  request.writeUInt16LE(cookie.length, 8);
  name.copy(request, 12);
  cookie.copy(request, 12 + padded(name.length));
  return request;
}

/** Bytes of the whole setup answer, known when its first eight are there. */
export function setupReplyLength(head: Buffer): number {
  return 8 + head.readUInt16LE(6) * 4;
}

/**
 * Understands a whole setup answer.
 *
 * @throws Error with the server's reason if it refused, or if its first screen is not TrueColor
 */
export function decodeSetupReply(reply: Buffer): Setup {
  if (reply.readUInt8(0) !== 1) {
    const reason = reply.toString('latin1', 8, 8 + reply.readUInt8(1)).trim();
    throw new Error(`the X server refused the connection: ${reason || 'no reason given'}`);
  }
  const vendorLength = reply.readUInt16LE(24);
  const formatCount = reply.readUInt8(29);
  const formatsAt = 40 + padded(vendorLength);
  const screenAt = formatsAt + formatCount * 8;
  const depth = reply.readUInt8(screenAt + 38);
  const visual = findVisual(reply, screenAt);
  return {
    idBase: reply.readUInt32LE(12),
    idMask: reply.readUInt32LE(16),
    maxRequestBytes: reply.readUInt16LE(26) * 4,
    screen: {
      root: reply.readUInt32LE(screenAt),
      width: reply.readUInt16LE(screenAt + 20),
      height: reply.readUInt16LE(screenAt + 22),
      depth,
      pixels: {
        bitsPerPixel: bitsPerPixel({ reply, formatsAt, formatCount, depth }),
        bigEndian: reply.readUInt8(30) === 1,
        ...visual,
      },
    },
  };
}

interface Formats {
  readonly reply: Buffer;
  readonly formatsAt: number;
  readonly formatCount: number;
  readonly depth: number;
}

function bitsPerPixel({ reply, formatsAt, formatCount, depth }: Formats): number {
  for (let at = formatsAt; at < formatsAt + formatCount * 8; at += 8) {
    if (reply.readUInt8(at) === depth) return reply.readUInt8(at + 1);
  }
  throw new Error(`the X server names no pixel format for its depth ${depth}`);
}

type Masks = Pick<PixelLayout, 'redMask' | 'greenMask' | 'blueMask'>;

function findVisual(reply: Buffer, screenAt: number): Masks {
  const wanted = reply.readUInt32LE(screenAt + 32);
  let at = screenAt + 40;
  for (let depths = reply.readUInt8(screenAt + 39); depths > 0; depths--) {
    const visuals = reply.readUInt16LE(at + 2);
    at += 8;
    for (let index = 0; index < visuals; index++, at += 24) {
      if (reply.readUInt32LE(at) !== wanted) continue;
      if (reply.readUInt8(at + 4) !== TRUE_COLOR) break;
      return {
        redMask: reply.readUInt32LE(at + 8),
        greenMask: reply.readUInt32LE(at + 12),
        blueMask: reply.readUInt32LE(at + 16),
      };
    }
  }
  throw new Error('the root window of the X server is not TrueColor');
}

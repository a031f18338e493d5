/**
 * Looks at the head of a picture that an agent sent, before any client decodes it: a host is not trusted to send what
 * it says. Headers: PNG (W3C Recommendation, section 11.2.2) and JPEG (ITU-T T.81, annex B).
 */

export interface PictureClaim {
  readonly format: 'png' | 'jpeg';
  /** Base64. */
  readonly data: string;
}

/** More than four screens of 4K side by side; a decoder takes four bytes for each pixel, whatever the file has. */
const MAX_PIXELS = 64 * 1_048_576;
const MAX_SIDE_PIXELS = 32_768;
/** A JPEG may have profiles and previews of this length before it says how large it is. */
const HEAD_BYTES = 1_048_576;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const JPEG_SIGNATURE = [0xff, 0xd8, 0xff];

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Why the picture must not be given to anybody, for the caller; null if its head is in order. */
export function pictureProblem({ format, data }: PictureClaim): string | null {
  if (data.length % 4 !== 0 || !BASE64.test(data)) return 'the host sent a picture that is not base64';
  const head = Buffer.from(data.slice(0, (HEAD_BYTES / 3) * 4), 'base64');
  const size = format === 'png' ? pngSize(head) : jpegSize(head);
  if (size === null) return `the host sent something that is not a ${format.toUpperCase()} picture`;
  const { width, height } = size;
  const isSane = width > 0 && height > 0 && Math.max(width, height) <= MAX_SIDE_PIXELS;
  if (isSane && width * height <= MAX_PIXELS) return null;
  return `the host sent a picture of ${width} × ${height} pixels, which is no screen`;
}

function pngSize(head: Buffer): Size | null {
  if (!startsWith(head, PNG_SIGNATURE) || head.length < 24) return null;
  if (head.readUInt32BE(8) !== 13 || head.toString('latin1', 12, 16) !== 'IHDR') return null;
  return { width: head.readUInt32BE(16), height: head.readUInt32BE(20) };
}

/** Walks from segment to segment until the frame header, which has the size. */
function jpegSize(head: Buffer): Size | null {
  if (!startsWith(head, JPEG_SIGNATURE)) return null;
  let at = 2;
  while (at + 9 <= head.length && head[at] === 0xff) {
    const marker = head[at + 1] ?? 0;
    if (marker === 0xff) at += 1;
    else if (isFrameHeader(marker))
      return { height: head.readUInt16BE(at + 5), width: head.readUInt16BE(at + 7) };
    else at += 2 + head.readUInt16BE(at + 2);
  }
  return null;
}

/** SOF0 to SOF15; three numbers in between mean something else. */
function isFrameHeader(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

function startsWith(bytes: Buffer, signature: readonly number[]): boolean {
  return signature.every((byte, index) => bytes[index] === byte);
}

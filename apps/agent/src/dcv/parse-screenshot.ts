import { field, parseJson } from './parse-session.js';

export type PictureFormat = 'png' | 'jpeg';

/** A picture's bytes in base64, checked to be what they are said to be. */
export interface PictureData {
  readonly format: PictureFormat;
  readonly base64: string;
}

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const PNG_MAGIC = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const JPEG_MAGIC = Buffer.from([0xff, 0xd8, 0xff]);

/** The base64 in the answer of `dcv get-screenshot --json`; null if the answer is not of that form. */
export function parseScreenshot(output: string): string | null {
  const base64 = field(parseJson(output.trim()), 'base64');
  return typeof base64 === 'string' ? base64.replace(/\s+/g, '') : null;
}

/** What the first bytes say the picture is; null if it is neither PNG nor JPEG, or not base64 at all. */
export function checkPicture(base64: string): PictureData | null {
  if (base64.length % 4 !== 0 || !BASE64.test(base64)) return null;
  const start = Buffer.from(base64.slice(0, 16), 'base64');
  if (start.subarray(0, PNG_MAGIC.length).equals(PNG_MAGIC)) return { format: 'png', base64 };
  if (start.subarray(0, JPEG_MAGIC.length).equals(JPEG_MAGIC)) return { format: 'jpeg', base64 };
  return null;
}

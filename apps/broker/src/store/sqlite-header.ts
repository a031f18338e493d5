import { closeSync, openSync, readSync } from 'node:fs';

/** Offsets of SQLite's documentation, "Database File Format", section on the database header. */
const HEADER_BYTES = 100;
const MAGIC = 'SQLite format 3\0';
const PAGE_SIZE_OFFSET = 16;
const WRITE_VERSION_OFFSET = 18;
const PAGE_COUNT_OFFSET = 28;

const LARGEST_PAGE_BYTES = 65_536;
/** The largest page does not fit the field's two bytes. */
const LARGEST_PAGE_CODE = 1;
const WRITE_VERSION_LOG = 2;

export interface SqliteHeader {
  /** How long the file is if nothing is missing. */
  readonly sizeBytes: number;
  /** Changes go to a write-ahead log; a store that was closed properly has none. */
  readonly usesLog: boolean;
}

/** @returns null if the file does not begin as an SQLite database */
export function readSqliteHeader(path: string): SqliteHeader | null {
  const bytes = Buffer.alloc(HEADER_BYTES);
  const file = openSync(path, 'r');
  try {
    if (readSync(file, bytes, 0, HEADER_BYTES, 0) < HEADER_BYTES) return null;
  } finally {
    closeSync(file);
  }
  if (bytes.toString('latin1', 0, MAGIC.length) !== MAGIC) return null;
  const pageCode = bytes.readUInt16BE(PAGE_SIZE_OFFSET);
  const pageBytes = pageCode === LARGEST_PAGE_CODE ? LARGEST_PAGE_BYTES : pageCode;
  return {
    sizeBytes: pageBytes * bytes.readUInt32BE(PAGE_COUNT_OFFSET),
    usesLog: bytes[WRITE_VERSION_OFFSET] === WRITE_VERSION_LOG,
  };
}

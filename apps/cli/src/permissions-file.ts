import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { badValue } from './exit-codes.js';

/**
 * Permissions for the API, in base64. The original's guide says in one place that the option is a path and in another
 * that it is the base64 text, so both are understood. @throws CliError for what is neither
 */
export function readPermissions(option: string, given: string, folder: string): string {
  const path = resolve(folder, given);
  if (statSync(path, { throwIfNoEntry: false })?.isFile() === true) {
    try {
      return readFileSync(path).toString('base64');
    } catch (error) {
      throw badValue(`${option}: ${(error as Error).message}`);
    }
  }
  if (isBase64OfText(given)) return given;
  throw badValue(`${option}: there is no file ${path}, and it is not the base64 text of one either`);
}

/** A name that was mistyped may look like base64; what it stands for then is no text. */
function isBase64OfText(given: string): boolean {
  if (given === '' || given.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(given)) return false;
  const bytes = Buffer.from(given, 'base64');
  return !bytes.includes(0) && bytes.toString('utf8').includes('[');
}

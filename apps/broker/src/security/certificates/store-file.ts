import type { KeyObject, X509Certificate } from 'node:crypto';
import { basename, dirname, extname, join } from 'node:path';
import { CertificateProblem } from './problem.js';

/** A key store or trust store, as the configuration names it. */
export interface StoreFile {
  /** Absolute. */
  readonly file: string;
  readonly pass: string | undefined;
  /** The configuration's key for the file, for error texts. */
  readonly fileKey: string;
  /** The configuration's key for the password. */
  readonly passKey: string;
}

/** What was found in one, before anybody looked whether it fits together. */
export interface StoreContent {
  readonly keys: readonly KeyObject[];
  readonly certificates: readonly X509Certificate[];
}

/**
 * What is really in a file, whatever its name says: Java writes PKCS#12 since version 9, also into files named `.jks`.
 * @throws CertificateProblem for formats that only Java reads, with the command that converts them.
 */
export function storeFormat(store: StoreFile, bytes: Buffer): 'pem' | 'pkcs12' {
  const magic = bytes.subarray(0, 4).toString('hex');
  if (magic === 'feedfeed') throw onlyForJava(store, 'JKS');
  if (magic === 'cececece') throw onlyForJava(store, 'JCEKS');
  if (bytes.includes('-----BEGIN ')) return 'pem';
  // Every DER file begins with a sequence.
  if (bytes[0] === 0x30) return 'pkcs12';
  throw problemWith(store, 'is neither PKCS#12 nor PEM', 'convert it to one of them');
}

function onlyForJava(store: StoreFile, format: 'JKS' | 'JCEKS'): CertificateProblem {
  const { file } = store;
  const converted = join(dirname(file), `${basename(file, extname(file))}.p12`);
  const source = `-srckeystore ${file} -srcstoretype ${format}`;
  const command = `keytool -importkeystore ${source} -destkeystore ${converted} -deststoretype PKCS12`;
  const remedy = `convert it and name the new file: ${command}`;
  return problemWith(store, `is a Java key store of the old format ${format}, which only Java reads`, remedy);
}

/** What the problems with a store begin with. */
export function placeOf({ fileKey, file }: StoreFile): string {
  return `${fileKey}: ${file}`;
}

export function problemWith(
  store: StoreFile,
  problem: string,
  remedy: string,
  options?: ErrorOptions,
): CertificateProblem {
  return new CertificateProblem(placeOf(store), problem, remedy, options);
}

export function wrongPassword(store: StoreFile, cause: unknown): CertificateProblem {
  const { pass, passKey } = store;
  if (pass === undefined) return problemWith(store, 'needs a password', `set ${passKey}`, { cause });
  const problem = `cannot be opened with the password in ${passKey}`;
  return problemWith(store, problem, `correct ${passKey}`, { cause });
}

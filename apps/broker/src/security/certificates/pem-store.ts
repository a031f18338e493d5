import type { KeyObject, X509Certificate } from 'node:crypto';
import { basename, dirname, extname, join } from 'node:path';
import { readSecret } from './files.js';
import { certificatesIn, hasPrivateKey, isEncryptedKey, privateKeyIn } from './pem.js';
import { problemWith, wrongPassword, type StoreContent, type StoreFile } from './store-file.js';

/**
 * A certificate with its chain in PEM, and the private key in the same file, or beside it: for `desk.pem` in `desk.key`,
 * else in `privkey.pem`, as ACME clients name it. The key may be encrypted.
 * @throws CertificateProblem when a part is missing, damaged, or encrypted with another password.
 */
export async function openPemStore(store: StoreFile, pem: string): Promise<StoreContent> {
  return { keys: [openKey(store, await findKey(store, pem))], certificates: openCertificates(store, pem) };
}

async function findKey(store: StoreFile, pem: string): Promise<string> {
  if (hasPrivateKey(pem)) return pem;
  const candidates = keyFilesBeside(store.file);
  for (const file of candidates) {
    const beside = (await readSecret(file, `${store.fileKey}: ${file}`))?.toString('utf8');
    if (beside !== undefined && hasPrivateKey(beside)) return beside;
  }
  const remedy = `add the private key to it, or put it beside it as ${candidates[0]}`;
  throw problemWith(store, 'holds no private key', remedy);
}

function keyFilesBeside(file: string): readonly [string, string] {
  const folder = dirname(file);
  return [join(folder, `${basename(file, extname(file))}.key`), join(folder, 'privkey.pem')];
}

function openKey(store: StoreFile, pem: string): KeyObject {
  try {
    return privateKeyIn(pem, store.pass);
  } catch (cause) {
    if (isEncryptedKey(pem)) throw wrongPassword(store, cause);
    throw problemWith(store, 'comes with a private key that is damaged', 'put a whole one there', { cause });
  }
}

function openCertificates(store: StoreFile, pem: string): readonly X509Certificate[] {
  try {
    return certificatesIn(pem);
  } catch (cause) {
    throw problemWith(store, 'holds a certificate that is damaged', 'put a whole one there', { cause });
  }
}

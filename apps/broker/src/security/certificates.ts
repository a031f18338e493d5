import { createPrivateKey, X509Certificate } from 'node:crypto';
import { chmod, mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '@dcvsm/runtime';
import { generate } from 'selfsigned';

const DAY_MS = 86_400_000;
const CA_LIFETIME_DAYS = 3650;
/** Clients refuse server certificates that live longer than 825 days. */
const LEAF_LIFETIME_DAYS = 800;
/** A leaf with less left than this is made anew at the next start. */
const RENEW_BEFORE_DAYS = 60;

/** File names of the original, so that runbooks that copy the CA go on working. */
export const CA_CERTIFICATE_FILE = 'dcvsmbroker_ca.pem';
const CA_KEY_FILE = 'dcvsmbroker_ca.key';
const LEAF_CERTIFICATE_FILE = 'dcvsmbroker_server.pem';
const LEAF_KEY_FILE = 'dcvsmbroker_server.key';

interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

export interface Certificates {
  readonly caFile: string;
  readonly tls: KeyPair;
}

/**
 * The broker's own CA and server certificate under `<working path>/security`: made when missing, the server's also
 * when it ends soon, was signed by another CA, or lacks one of `names` (DNS names and addresses).
 * @throws when the CA's files exist but are no pair; nothing of them is overwritten then.
 */
export async function ensureCertificates(
  workingPath: string,
  names: readonly string[],
  clock: Clock,
): Promise<Certificates> {
  const folder = join(workingPath, 'security');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const caFile = join(folder, CA_CERTIFICATE_FILE);
  const ca = await ensureCa(caFile, join(folder, CA_KEY_FILE), clock);
  const leafFile = join(folder, LEAF_CERTIFICATE_FILE);
  const known = await readPair(leafFile, join(folder, LEAF_KEY_FILE));
  const isGood = known !== null && serves(known, ca, names, clock);
  const tls = isGood
    ? known
    : await writePair(leafFile, join(folder, LEAF_KEY_FILE), await makeLeaf(ca, names, clock));
  return { caFile, tls };
}

/** A CA that somebody put there is never replaced: every client and agent that trusts it would be cut off. */
async function ensureCa(certFile: string, keyFile: string, clock: Clock): Promise<KeyPair> {
  const cert = await readIfThere(certFile);
  // A key alone is what a start that was cut short leaves behind.
  if (cert === null) return writePair(certFile, keyFile, await makeCa(clock));
  const key = await readKey(keyFile);
  if (key === null) {
    throw new Error(`${certFile} has no key: put ${keyFile} beside it, or remove it to have a new CA made`);
  }
  if (!belongTogether({ cert, key })) {
    throw new Error(
      `${certFile} and ${keyFile} are no certificate and its key: replace both, or remove both`,
    );
  }
  return { cert, key };
}

function belongTogether({ cert, key }: KeyPair): boolean {
  try {
    return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}

function serves(leaf: KeyPair, ca: KeyPair, names: readonly string[], clock: Clock): boolean {
  if (!belongTogether(leaf)) return false;
  const certificate = new X509Certificate(leaf.cert);
  if (!certificate.verify(new X509Certificate(ca.cert).publicKey)) return false;
  if (Date.parse(certificate.validTo) - clock.now() < RENEW_BEFORE_DAYS * DAY_MS) return false;
  return names.every((name) =>
    isAddress(name) ? certificate.checkIP(name) !== undefined : certificate.checkHost(name) !== undefined,
  );
}

async function makeCa(clock: Clock): Promise<KeyPair> {
  const made = await generate([{ name: 'commonName', value: 'Open DCV Session Manager broker CA' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    ...lifetime(clock, CA_LIFETIME_DAYS),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  return { cert: made.cert, key: made.private };
}

async function makeLeaf(ca: KeyPair, names: readonly string[], clock: Clock): Promise<KeyPair> {
  const made = await generate([{ name: 'commonName', value: names[0] ?? 'localhost' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    ca: { cert: ca.cert, key: ca.key },
    ...lifetime(clock, LEAF_LIFETIME_DAYS),
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: names.map((name) => (isAddress(name) ? { type: 7, ip: name } : { type: 2, value: name })),
      },
    ],
  });
  return { cert: made.cert, key: made.private };
}

/** An hour in the past, for clients whose clock is a little behind. */
function lifetime(clock: Clock, days: number): { notBeforeDate: Date; notAfterDate: Date } {
  const now = clock.now();
  return { notBeforeDate: new Date(now - 3_600_000), notAfterDate: new Date(now + days * DAY_MS) };
}

async function readPair(certFile: string, keyFile: string): Promise<KeyPair | null> {
  const [cert, key] = [await readIfThere(certFile), await readKey(keyFile)];
  return cert === null || key === null ? null : { cert, key };
}

/** Whoever can read the CA's key can pretend to be the broker, so a readable one stops the start. */
async function readKey(keyFile: string): Promise<string | null> {
  const key = await readIfThere(keyFile);
  if (key === null) return null;
  const mode = (await stat(keyFile)).mode & 0o777;
  if ((mode & 0o027) === 0) return key;
  const found = mode.toString(8).padStart(3, '0');
  throw new Error(`${keyFile} has mode ${found}, so others can use the key; run: chmod 600 ${keyFile}`);
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

async function writePair(certFile: string, keyFile: string, pair: KeyPair): Promise<KeyPair> {
  await writeWhole(keyFile, pair.key, 0o600);
  await writeWhole(certFile, pair.cert, 0o644);
  return pair;
}

/** Never a half-written file, whenever the process dies. */
async function writeWhole(file: string, content: string, mode: number): Promise<void> {
  const fresh = `${file}.new`;
  await writeFile(fresh, content, { mode });
  await chmod(fresh, mode);
  await rename(fresh, file);
}

function isAddress(name: string): boolean {
  return /^[\d.]+$/.test(name) || name.includes(':');
}

import { createPublicKey, generateKeyPair, X509Certificate, type KeyObject } from 'node:crypto';
import { chown, mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readIfThere, writeWhole } from './files.js';
import { makeCertificate } from './make-certificate.js';
import { lifetime } from './own-ca.js';
import { keyToPem } from './pem.js';
import { writeTrustStore } from './pkcs12.js';
import { CertificateProblem } from './problem.js';

/** Names of the original (administrator guide, "Integrate with the Connection Gateway"). */
const KEY_FILE = 'dcv_gateway_key.pem';
const CERTIFICATE_FILE = 'dcv_gateway_cert.pem';
const TRUST_STORE_FILE = 'TrustStore.p12';
const CA_FILE = 'dcv_gateway_ca.pem';

const LIFETIME_DAYS = 1825;

export interface GatewayCertificatesOptions {
  /** Where they are put; made when missing. */
  readonly folder: string;
  /** Whether files that are there are replaced; gateways with the former certificate are refused afterwards. */
  readonly force: boolean;
  readonly nowMs: number;
  /** Of the trust store. */
  readonly password: string;
  /** A folder of the broker's user: root gives the files to its owner, so that the broker can read the trust store. */
  readonly ownedLike: string;
}

/**
 * Makes what a Connection Gateway and the broker need to know each other: a client certificate with its key, and a trust
 * store with the CA that has signed it. That CA's key is thrown away, so that nothing else is ever signed with it.
 * @returns what the operator has to do with it, with the password of the trust store.
 * @throws CertificateProblem when there are such files already and `force` is not given, or the folder is not writable.
 */
export async function genGatewayCertificates(options: GatewayCertificatesOptions): Promise<string> {
  const { folder, force, nowMs, password } = options;
  if (!force) await refuseToReplace(folder);
  const [caKey, key] = [await newRsaKey(), await newRsaKey()];
  const times = lifetime(nowMs, LIFETIME_DAYS);
  const ca = makeCertificate(
    { commonName: 'DCV Connection Gateway CA', publicKey: createPublicKey(caKey), use: 'ca', ...times },
    { key: caKey },
  );
  const certificate = makeCertificate(
    { commonName: 'DCV Connection Gateway', publicKey: createPublicKey(key), use: 'tls-client', ...times },
    { key: caKey, certificate: new X509Certificate(ca) },
  );
  await writeAll(options, [
    [KEY_FILE, keyToPem(key)],
    [CERTIFICATE_FILE, certificate],
    [CA_FILE, ca],
    [TRUST_STORE_FILE, writeTrustStore([ca], password)],
  ]);
  return instructions(folder, password);
}

/** RSA, because nobody knows what every gateway can read, and all can read that. */
async function newRsaKey(): Promise<KeyObject> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 3072 });
  return privateKey;
}

async function refuseToReplace(folder: string): Promise<void> {
  for (const name of [KEY_FILE, CERTIFICATE_FILE, TRUST_STORE_FILE, CA_FILE]) {
    const file = join(folder, name);
    if ((await readIfThere(file)) === null) continue;
    const remedy = 'give --force to replace it (the gateways then need the new files), or another --output';
    throw new CertificateProblem(file, 'exists already', remedy);
  }
}

type NamedFile = readonly [name: string, content: string | Buffer];

async function writeAll(
  { folder, ownedLike }: GatewayCertificatesOptions,
  files: readonly NamedFile[],
): Promise<void> {
  try {
    const isNew = (await mkdir(folder, { recursive: true, mode: 0o700 })) !== undefined;
    for (const [name, content] of files) await writeWhole(join(folder, name), content, 0o600);
    const paths = files.map(([name]) => join(folder, name));
    await giveTo(ownedLike, isNew ? [folder, ...paths] : paths);
  } catch (cause) {
    const { message } = cause as Error;
    throw new CertificateProblem(folder, `cannot be written (${message})`, 'run the command as root', {
      cause,
    });
  }
}

/** Only root can give files away; others write for themselves. */
async function giveTo(ownedLike: string, paths: readonly string[]): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = await stat(ownedLike);
  for (const path of paths) await chown(path, uid, gid);
}

function instructions(folder: string, password: string): string {
  const there = '/etc/dcv-connection-gateway';
  return `Wrote the certificates to ${folder}
TrustStore password: ${password}

In session-manager-broker.properties of every broker, then restart it:
enable-tls-client-auth-gateway = true
gateway-to-broker-connector-trust-store-file = ${join(folder, TRUST_STORE_FILE)}
gateway-to-broker-connector-trust-store-pass = ${password}

On every gateway, with ${CERTIFICATE_FILE} and ${KEY_FILE} copied to ${there},
in the section [resolver] of dcv-connection-gateway.conf, then restart it:
cert-file = "${there}/${CERTIFICATE_FILE}"
cert-key-file = "${there}/${KEY_FILE}"
`;
}

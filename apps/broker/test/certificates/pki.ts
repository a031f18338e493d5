import { execFileSync } from 'node:child_process';
import { createPublicKey, generateKeyPairSync, X509Certificate, type KeyObject } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@dcvsm/runtime';
import { makeCertificate, type CertificateWish } from '../../src/security/certificates/make-certificate.js';
import type { StoreFile } from '../../src/security/certificates/store-file.js';

const DAY_MS = 86_400_000;

/** A certificate and its key, in PEM and opened. */
export interface Issued {
  readonly certificate: X509Certificate;
  readonly key: KeyObject;
  readonly pem: string;
  readonly keyPem: string;
}

export interface IssueOptions extends Partial<CertificateWish> {
  readonly issuer?: Issued;
  readonly key?: KeyObject;
}

/** A folder of its own with keys made for one test, and the `openssl` program to bring them into every form. */
export class Pki implements AsyncDisposable {
  private constructor(readonly folder: string) {}

  static async create(): Promise<Pki> {
    return new Pki(await mkdtemp(join(tmpdir(), 'dcvsm-pki-')));
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Writes a file that only its owner may read. */
  async write(name: string, content: string | Buffer): Promise<string> {
    await writeFile(this.path(name), content, { mode: 0o600 });
    return this.path(name);
  }

  /** Runs `openssl` in the folder; the files that it writes belong to their owner alone. */
  async openssl(...args: string[]): Promise<void> {
    execFileSync('openssl', args, { cwd: this.folder, stdio: 'pipe' });
    const written = args[args.indexOf('-out') + 1];
    if (args.includes('-out') && written !== undefined) await chmod(this.path(written), 0o600);
  }

  /** Packs a certificate with its key and others into PKCS#12. */
  async pkcs12(
    name: string,
    issued: Issued,
    { pass = 'secret', others = [] as readonly Issued[], options = [] as readonly string[] } = {},
  ): Promise<string> {
    await this.write('p12.key', issued.keyPem);
    await this.write('p12.pem', [issued, ...others].map(({ pem }) => pem).join(''));
    const input = ['-inkey', 'p12.key', '-in', 'p12.pem'];
    await this.openssl('pkcs12', '-export', ...options, ...input, '-passout', `pass:${pass}`, '-out', name);
    return this.path(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Valid now and for ninety days, unless said otherwise. A server certificate is for 127.0.0.1 and `desk.example.com`. */
export function issue(commonName: string, options: IssueOptions = {}): Issued {
  const { issuer, key = newEcKey(), ...fields } = options;
  const nowMs = systemClock().now();
  const wish = {
    commonName,
    publicKey: createPublicKey(key),
    notBeforeMs: nowMs - DAY_MS,
    notAfterMs: nowMs + 90 * DAY_MS,
    use: 'tls-server',
    names: ['127.0.0.1', 'desk.example.com'],
    ...fields,
  } as const;
  const pem = makeCertificate(wish, issuer ?? { key });
  const keyPem = key.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { certificate: new X509Certificate(pem), key, pem, keyPem };
}

export function issueCa(commonName: string, options: IssueOptions = {}): Issued {
  return issue(commonName, { use: 'ca', names: [], ...options });
}

export function newEcKey(): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
}

export function newRsaKey(bits = 2048): KeyObject {
  return generateKeyPairSync('rsa', { modulusLength: bits }).privateKey;
}

export function storeFile(file: string, pass?: string, listener = 'client', kind = 'key'): StoreFile {
  const name = `${listener}-to-broker-connector-${kind}-store`;
  return { file, pass, fileKey: `${name}-file`, passKey: `${name}-pass` };
}

import { execFileSync } from 'node:child_process';
import { createPrivateKey, generateKeyPairSync, X509Certificate, type KeyObject } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificate, type CertificateWish } from './make-certificate.js';

const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2026, 5, 1);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dcvsm-certificate-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface Pair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

const ec = (curve = 'P-256'): Pair => generateKeyPairSync('ec', { namedCurve: curve });
const rsa = (): Pair => generateKeyPairSync('rsa', { modulusLength: 2048 });

function wish(publicKey: KeyObject, fields: Partial<CertificateWish> = {}): CertificateWish {
  return {
    commonName: 'somebody',
    publicKey,
    notBeforeMs: NOW_MS,
    notAfterMs: NOW_MS + 100 * DAY_MS,
    use: 'ca',
    ...fields,
  };
}

function ca(pair: Pair): { certificate: X509Certificate; key: KeyObject } {
  const pem = makeCertificate(wish(pair.publicKey, { commonName: 'a CA' }), { key: pair.privateKey });
  return { certificate: new X509Certificate(pem), key: pair.privateKey };
}

/** The verdict of OpenSSL on `leaf` under `trusted`, by the rules of RFC 5280 without leniency. */
async function strictVerdict(leaf: string, trusted: string, purpose: string): Promise<string> {
  const [leafFile, caFile] = [join(folder, 'leaf.pem'), join(folder, 'ca.pem')];
  await writeFile(leafFile, leaf);
  await writeFile(caFile, trusted);
  const at = String(NOW_MS / 1000 + 60);
  const rules = ['-x509_strict', '-attime', at, '-purpose', purpose, '-CAfile', caFile, leafFile];
  return execFileSync('openssl', ['verify', ...rules], { encoding: 'utf8', stdio: 'pipe' });
}

it.each([
  ['EC P-256', ec()],
  ['EC P-384', ec('P-384')],
  ['EC P-521', ec('P-521')],
  ['RSA', rsa()],
])('makes what strict clients accept, with a CA of %s', async (_, pair) => {
  const signer = ca(pair);
  const server = makeCertificate(wish(ec().publicKey, { use: 'tls-server', names: ['desk'] }), signer);
  const client = makeCertificate(wish(rsa().publicKey, { use: 'tls-client' }), signer);
  const trusted = signer.certificate.toString();
  expect(await strictVerdict(server, trusted, 'sslserver')).toContain('leaf.pem: OK');
  expect(await strictVerdict(client, trusted, 'sslclient')).toContain('leaf.pem: OK');
  await expect(strictVerdict(client, trusted, 'sslserver')).rejects.toThrow(/Command failed/);
});

it('carries names and addresses in every spelling', () => {
  const names = [
    'desk.example.com',
    '*.example.com',
    'my_desk',
    '10.1.2.3',
    '::1',
    '::',
    'fd00:1::2:3',
    '::ffff:10.0.0.1',
  ];
  const pem = makeCertificate(wish(ec().publicKey, { use: 'tls-server', names }), ca(ec()));
  const leaf = new X509Certificate(pem);
  for (const name of names) expect(leaf.checkHost(name) ?? leaf.checkIP(name)).toBe(name);
  expect(leaf.ca).toBe(false);
});

it('signs under the name of a CA that somebody else made, byte for byte', async () => {
  const [key, pem] = [join(folder, 'foreign.key'), join(folder, 'foreign.pem')];
  const name = '/C=DE/O=Acme, "Inc."/OU=a\\+b/DC=example/CN=Prüfstelle/emailAddress=ca@example.com';
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-utf8', '-subj', name];
  const use = ['-addext', 'keyUsage=critical,keyCertSign', '-days', '30'];
  execFileSync('openssl', [...request, ...use, '-keyout', key, '-out', pem], { stdio: 'pipe' });
  const certificate = new X509Certificate(await readFile(pem));
  const signer = { certificate, key: createPrivateKey(await readFile(key)) };
  const leaf = new X509Certificate(makeCertificate(wish(ec().publicKey, { use: 'tls-server' }), signer));
  expect(leaf.issuer).toBe(certificate.subject);
  expect(leaf.checkIssued(certificate)).toBe(true);
  expect(leaf.verify(certificate.publicKey)).toBe(true);
});

it('writes dates before and after 2050', () => {
  const notAfterMs = Date.UTC(2061, 1, 3, 4, 5, 6);
  const pem = makeCertificate(wish(ec().publicKey, { notAfterMs }), { key: ec().privateKey });
  const { validFrom, validTo } = new X509Certificate(pem);
  expect([Date.parse(validFrom), Date.parse(validTo)]).toEqual([NOW_MS, notAfterMs]);
});

it('gives every certificate its own serial number', () => {
  const { publicKey, privateKey } = ec();
  const serials = Array.from(
    { length: 20 },
    () => new X509Certificate(makeCertificate(wish(publicKey), { key: privateKey })).serialNumber,
  );
  expect(new Set(serials).size).toBe(20);
});

it('refuses a key that cannot sign here', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  expect(() => makeCertificate(wish(publicKey), { key: privateKey })).toThrow('use RSA or EC');
});

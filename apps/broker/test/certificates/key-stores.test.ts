import { chmod, readFile } from 'node:fs/promises';
import { systemClock } from '@dcvsm/runtime';
import { loadKeyStore } from '../../src/security/certificates/key-store.js';
import { CertificateProblem } from '../../src/security/certificates/problem.js';
import type { StoreFile } from '../../src/security/certificates/store-file.js';
import { issue, issueCa, newEcKey, newRsaKey, Pki, storeFile, type Issued } from './pki.js';
import { servedSerial } from './tls-peer.js';

jest.setTimeout(30_000);

const DAY_MS = 86_400_000;
const nowMs = systemClock().now();

const root = issueCa('root');
const middle = issueCa('intermediate', { issuer: root });
const ec = issue('ec', { issuer: middle, key: newEcKey() });
const rsa = issue('rsa', { issuer: middle, key: newRsaKey() });

let pki: Pki;
beforeEach(async () => {
  pki = await Pki.create();
});
afterEach(() => pki[Symbol.asyncDispose]());

/** A real client that trusts the root gets exactly this certificate, with the intermediate one. */
async function expectServed(store: StoreFile, issued: Issued): Promise<void> {
  const { material, certificate } = await loadKeyStore(store, nowMs);
  expect(certificate.serialNumber).toBe(issued.certificate.serialNumber);
  expect(await servedSerial(material, root.pem)).toBe(issued.certificate.serialNumber);
}

const chain = [middle, root];

describe('PKCS#12', () => {
  it.each<[string, Issued, string[]]>([
    ['the OpenSSL of today or keytool, EC', ec, []],
    ['the OpenSSL of today or keytool, RSA', rsa, []],
    ['OpenSSL 1 or Java 8 (RC2, triple DES, SHA-1), EC', ec, ['-legacy']],
    ['OpenSSL 1 or Java 8 (RC2, triple DES, SHA-1), RSA', rsa, ['-legacy']],
    ['a tool that protects the certificates only by the checksum', rsa, ['-certpbe', 'NONE']],
    ['a tool that adds no checksum', ec, ['-nomac']],
    ['a tool that uses SHA-512', ec, ['-macalg', 'sha512']],
  ])('as written by %s', async (_, issued, options) => {
    const file = await pki.pkcs12('store.p12', issued, { others: chain, options });
    await expectServed(storeFile(file, 'secret'), issued);
  });

  it('in a file named .jks, as Java 9 and newer write it', async () => {
    const file = await pki.pkcs12('KeyStore.jks', rsa, { others: chain, options: ['-name', 'broker'] });
    await expectServed(storeFile(file, 'secret'), rsa);
  });

  it.each(['pässwörd', '秘密', '', ' with blanks '])('with the password %j', async (pass) => {
    const file = await pki.pkcs12('store.p12', ec, { others: chain, pass });
    await expectServed(storeFile(file, pass), ec);
  });

  it('without a password at all', async () => {
    const file = await pki.pkcs12('store.p12', ec, { others: chain, pass: '' });
    await expectServed(storeFile(file), ec);
  });
});

describe('PEM', () => {
  const certificates = ec.pem + middle.pem;

  it('with key and chain in one file, in any order and with other text between', async () => {
    const text = `subject=root\n${root.pem}${middle.pem}\nBag Attributes\n${ec.keyPem}\n${ec.pem}`;
    await expectServed(storeFile(await pki.write('all.pem', text)), ec);
  });

  it('with the key beside it', async () => {
    await pki.write('desk.key', ec.keyPem);
    await expectServed(storeFile(await pki.write('desk.crt', certificates)), ec);
  });

  it('as ACME clients name the files', async () => {
    await pki.write('privkey.pem', ec.keyPem);
    await expectServed(storeFile(await pki.write('fullchain.pem', certificates)), ec);
  });

  it.each([
    ['PKCS#8', ['pkey', '-aes256']],
    ['the older form', ['rsa', '-traditional', '-des3']],
  ])('with an encrypted key in %s', async (_, command) => {
    await pki.write('plain.key', rsa.keyPem);
    await pki.openssl(...command, '-in', 'plain.key', '-passout', 'pass:secret', '-out', 'desk.key');
    const file = await pki.write('desk.pem', rsa.pem + middle.pem);
    await expectServed(storeFile(file, 'secret'), rsa);
    await expect(loadKeyStore(storeFile(file, 'wrong'), nowMs)).rejects.toThrow(
      'desk.pem cannot be opened with the password in client-to-broker-connector-key-store-pass; correct',
    );
    await expect(loadKeyStore(storeFile(file), nowMs)).rejects.toThrow(
      'desk.pem needs a password; set client-to-broker-connector-key-store-pass',
    );
  });
});

it('serves the chain without the root', async () => {
  const { material } = await loadKeyStore(
    storeFile(await pki.pkcs12('s.p12', ec, { others: chain }), 'secret'),
    nowMs,
  );
  expect('cert' in material && material.cert).toBe(ec.certificate.toString() + middle.certificate.toString());
});

describe('what cannot be used is refused in words', () => {
  const refusal = async (store: StoreFile): Promise<string> =>
    loadKeyStore(store, nowMs).then(
      () => 'accepted',
      (error: Error) => error.message.replaceAll(pki.folder, '…'),
    );
  const key = 'client-to-broker-connector-key-store';

  it.each([
    [[0xfe, 0xed, 0xfe, 0xed], 'JKS'],
    [[0xce, 0xce, 0xce, 0xce], 'JCEKS'],
  ])('Java’s own format: the command that converts it', async (magic, format) => {
    const file = await pki.write('KeyStore.jks', Buffer.from([...magic, 0, 0, 0, 2]));
    expect(await refusal(storeFile(file, 'secret'))).toBe(
      `${key}-file: …/KeyStore.jks is a Java key store of the old format ${format}, which only Java reads; ` +
        'convert it and name the new file: keytool -importkeystore ' +
        `-srckeystore …/KeyStore.jks -srcstoretype ${format} -destkeystore …/KeyStore.p12 -deststoretype PKCS12`,
    );
  });

  it.each<[string, string[]]>([
    ['new', []],
    ['old', ['-legacy']],
    ['without checksum', ['-nomac']],
  ])('a wrong password, format %s', async (_, options) => {
    const file = await pki.pkcs12('s.p12', ec, { options });
    const words = `${key}-file: …/s.p12 cannot be opened with the password in ${key}-pass; correct ${key}-pass`;
    expect(await refusal(storeFile(file, 'other'))).toBe(words);
    expect(await refusal(storeFile(file))).toBe(`${key}-file: …/s.p12 needs a password; set ${key}-pass`);
  });

  it('no such file', async () => {
    expect(await refusal(storeFile(pki.path('none.p12')))).toMatch(
      /^client-to-\S+-file: …\/none.p12 does not exist; put the key store there, or remove client-to-/,
    );
  });

  it('a key of another certificate', async () => {
    const file = await pki.write('desk.pem', ec.keyPem + rsa.pem);
    expect(await refusal(storeFile(file))).toMatch(
      'holds no certificate for its private key; put the certificate',
    );
  });

  it('a key without certificate', async () => {
    expect(await refusal(storeFile(await pki.write('desk.pem', ec.keyPem)))).toMatch(
      'holds no certificate; put',
    );
  });

  it('a certificate without key', async () => {
    const file = await pki.write('desk.pem', ec.pem);
    expect(await refusal(storeFile(file))).toMatch('holds no private key; add the private key to it, or put');
    await pki.write('ca.pem', root.pem);
    await pki.openssl(
      'pkcs12',
      '-export',
      '-nokeys',
      '-in',
      'ca.pem',
      '-passout',
      'pass:x',
      '-out',
      'ca.p12',
    );
    expect(await refusal(storeFile(pki.path('ca.p12'), 'x'))).toMatch('holds no private key; put key and');
  });

  it('a certificate that has ended, or is not valid yet', async () => {
    const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
    const old = issue('old', { notAfterMs: nowMs - DAY_MS });
    const file = await pki.write('old.pem', old.keyPem + old.pem);
    expect(await refusal(storeFile(file))).toMatch(
      `has a certificate that ended on ${day(nowMs - DAY_MS)}; put`,
    );
    const early = issue('early', { notBeforeMs: nowMs + DAY_MS });
    const earlyFile = await pki.write('early.pem', early.keyPem + early.pem);
    expect(await refusal(storeFile(earlyFile))).toMatch(`is not valid before ${day(nowMs + DAY_MS)}; put`);
  });

  it('a key that OpenSSL calls too weak', async () => {
    const weak = issue('weak', { key: newRsaKey(512) });
    const file = await pki.write('weak.pem', weak.keyPem + weak.pem);
    expect(await refusal(storeFile(file))).toMatch(
      /is refused by OpenSSL \(.*key too small\); use RSA of 2048/,
    );
  });

  it('files that others can use', async () => {
    const file = await pki.pkcs12('s.p12', ec);
    await chmod(file, 0o644);
    expect(await refusal(storeFile(file, 'secret'))).toBe(
      `${key}-file: …/s.p12 has mode 644, so others can use the key; run: chmod 600 …/s.p12`,
    );
    await chmod(file, 0o640);
    expect(await refusal(storeFile(file, 'secret'))).toBe('accepted');
    const beside = await pki.write('desk.key', ec.keyPem);
    await chmod(beside, 0o604);
    const split = storeFile(await pki.write('desk.pem', ec.pem));
    expect(await refusal(split)).toMatch('desk.key has mode 604, so others can use the key');
  });

  it.each<[string, Buffer]>([
    ['an empty file', Buffer.alloc(0)],
    ['a text', Buffer.from('dear reader')],
    ['a certificate in DER', ec.certificate.raw],
    ['a cut PKCS#12', Buffer.from('308205a30201033082', 'hex')],
    ['a cut PEM', Buffer.from(ec.keyPem + ec.pem.slice(0, 200))],
    ['a broken key', Buffer.from(`${ec.pem}-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n`)],
    [
      'a broken certificate',
      Buffer.from(`${ec.keyPem}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----`),
    ],
  ])('%s', async (_, content) => {
    const words = await refusal(storeFile(await pki.write('s.p12', content), 'secret'));
    expect(words).toMatch(/^client-to-broker-connector-key-store-file: …\/s\.p12 .+; .+$/);
    expect(words).not.toMatch('secret');
  });

  it.each(['s.p12', 's.pem'])('every part of a store that was cut off, %s', async (name) => {
    await pki.pkcs12('s.p12', ec);
    await pki.write('s.pem', ec.keyPem + ec.pem);
    const whole = await readFile(pki.path(name));
    for (let length = 0; length < whole.length - 1; length += 23) {
      const file = await pki.write('cut', whole.subarray(0, length));
      const error: unknown = await loadKeyStore(storeFile(file, 'secret'), nowMs).catch(
        (cause: unknown) => cause,
      );
      expect([length, error]).toEqual([length, expect.any(CertificateProblem)]);
    }
  });
});
